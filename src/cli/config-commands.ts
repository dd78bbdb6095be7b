import type { Command } from 'commander';
import type { ChosenCommand } from './chosen-command.ts';
import type { ConfigShowOptions, JsonOption } from './options.ts';

const NOTES = `
Two files, both optional: /etc/runbook/config.yaml of the site, and
~/.config/runbook/config.yaml of the user, which --config FILE or $RUNBOOK_CONFIG
replaces. What the command line and the environment say comes before both.
runbook schema config prints the schema for editors.`;

/** `runbook config show|check`. */
export function addConfig(program: Command, choose: (command: ChosenCommand) => void): void {
  const config = program
    .command('config')
    .usage('COMMAND [OPTIONS]')
    .summary('show or check the configuration')
    .description('Shows what holds of the configuration of the site and of the user, or checks it.')
    .helpCommand(false)
    .addHelpText('after', NOTES);

  config
    .command('show')
    .summary('show what holds')
    .description('Shows what holds of the configuration: of both files, and without them.')
    .option('--explain', 'also where each value comes from, and what it covers')
    .option('--json', 'one JSON object')
    .action((options: ConfigShowOptions) => {
      choose(async (terminal) => (await import('./commands/config-show.ts')).show(options, terminal));
    });

  config
    .command('check')
    .summary('say what is wrong with it, with its place')
    .description('Checks both files, and what they name: runbooks, the inventory, hosts of rules and schedules.')
    .option('--json', 'one JSON object a line')
    .action((options: JsonOption) => {
      choose(async (terminal) => (await import('./commands/config-check.ts')).check(options, terminal));
    });
}
