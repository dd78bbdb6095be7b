import { Option, type Command } from 'commander';
import { RISKS } from '../model/action.ts';
import type { ChosenCommand } from './chosen-command.ts';
import { collect, inventoryOption, text, vaultOption } from './option-kinds.ts';
import type { InstallOptions } from './options.ts';

const NOTES = `
NAME is a schedule of the configuration, serve for the scheduler itself, or with --cron or
--every a runbook. The times are the schedule's: what systemd or cron cannot mean is
refused. For root units go to /etc/systemd/system, else to ~/.config/systemd/user. What
the schedule does is written down as it is now: after a change install it again.`;

/** `runbook install-schedule`. */
export function addInstall(program: Command, choose: (command: ChosenCommand) => void): void {
  program
    .command('install-schedule <name>')
    .summary('let cron or systemd start a schedule, or systemd runbook serve')
    .description('Writes a service and a timer of systemd, or a line of the crontab, and takes them away again.')
    .addOption(new Option('--systemd', 'a service and a timer').conflicts(['crontab']))
    .addOption(new Option('--crontab', "a line in the user's crontab"))
    .addOption(new Option('--remove', 'take away what it wrote, and nothing else').conflicts(CHOOSING))
    .option('--print', 'only show what would be written')
    .addOption(text('--cron <fields>', 'when a runbook is started: five fields').conflicts(['every']))
    .addOption(text('--every <duration>', 'or each 5m, counted in UTC'))
    .addOption(text('--timezone <name>', "of --cron; default: this machine's"))
    .addOption(inventoryOption())
    .addOption(text('--hosts <pattern>', "instead of the runbook's own hosts"))
    .addOption(
      new Option('--max-risk <risk>', 'leave hosts alone that need a step beyond it (default: restart)').choices(RISKS),
    )
    .addOption(new Option('--param <name=value>', 'set a param; may be repeated').argParser(collect))
    .addOption(vaultOption())
    .addOption(text('--secrets <file>', 'values of !secret NAME, in YAML or encrypted by age'))
    .addOption(text('--age-identity <file>', 'the key that decrypts them'))
    .addHelpText('after', NOTES)
    .action((name: string, options: InstallOptions, command: Command) => {
      if (options.systemd !== true && options.crontab !== true)
        command.error('error: say where: --systemd or --crontab');
      choose(async (terminal) => (await import('./commands/install-schedule.ts')).install(name, options, terminal));
    });
}

const CHOOSING = [
  'cron',
  'every',
  'timezone',
  'inventory',
  'hosts',
  'maxRisk',
  'param',
  'vaultPasswordFile',
  'secrets',
  'ageIdentity',
];
