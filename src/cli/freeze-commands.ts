import type { Command } from 'commander';
import type { ChosenCommand } from './chosen-command.ts';
import { text } from './option-kinds.ts';
import type { FreezeOptions } from './options.ts';

const NOTES = `
As root for the whole machine, in /etc/runbook/frozen; else for your own runs, in
$XDG_STATE_HOME/runbook/frozen. Any file there does the same, whatever it holds:
echo REASON > /etc/runbook/frozen. Runs that are going on start nothing new within
two seconds, and end with exit code 16; plans and reads go on.`;

/** `freeze` and `unfreeze`. */
export function addFreeze(program: Command, choose: (command: ChosenCommand) => void): void {
  program
    .command('freeze <reason>')
    .summary('forbid changes from this machine, those of running runs too')
    .description(
      'Forbids every change from this machine until runbook unfreeze. The reason is shown to who is refused.',
    )
    .addOption(text('--until <time>', '2h, or 2026-11-24T08:00: it ends by itself then'))
    .addHelpText('after', NOTES)
    .action((reason: string, options: FreezeOptions) => {
      choose(async (terminal) => (await import('./commands/freeze.ts')).freeze(reason, options, terminal));
    });

  program
    .command('unfreeze')
    .summary('allow changes again')
    .description('Ends what runbook freeze began, and says who had frozen this machine and why.')
    .action(() => {
      choose(async (terminal) => (await import('./commands/unfreeze.ts')).unfreeze(terminal));
    });
}
