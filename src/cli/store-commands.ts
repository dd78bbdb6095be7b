import { Option, type Command } from 'commander';
import type { ChosenCommand } from './chosen-command.ts';
import { numberFrom, text } from './option-kinds.ts';
import type { CancelOptions, HistoryOptions, JsonOption } from './options.ts';

const HISTORY = `
END is the exit code, or: running; interrupted (its process is gone, or it was stopped with hosts
left in the middle: runbook resume goes on with it); died (its process is gone, and there is nothing
to go on with); open (it is another machine's).
With --json the same is in "state": running, interrupted, died, elsewhere or finished.`;

const FSCK = `
Finds events that were edited, removed or exchanged after they were written, and damaged pages.
Somebody who can write the whole file can also make a new record that is whole.
Exit code 1: something is wrong. With --json one flaw a line, none when all is well.`;

/** `history`, `cancel` and `fsck`: what is done with runs that are recorded. */
export function addStore(program: Command, choose: (command: ChosenCommand) => void): void {
  program
    .command('history')
    .summary('list past runs')
    .description('Lists past runs and plans, the newest first.')
    .addOption(new Option('--limit <count>', 'at most so many').argParser(numberFrom(1, 10_000)).default(20))
    .addOption(text('--runbook <name>', 'only of this runbook'))
    .addOption(text('--host <name>', 'only those that had this host'))
    .option('--json', 'one JSON object a line')
    .addHelpText('after', HISTORY)
    .action((options: HistoryOptions) => {
      choose(async (terminal) => (await import('./commands/history.ts')).history(options, terminal));
    });

  program
    .command('cancel <run>')
    .summary('stop a run, from another terminal')
    .description('Does to a run on this machine what Ctrl-C does: nothing new starts, running steps are awaited.')
    .option('--kill', 'end the running steps too, as Ctrl-C twice does')
    .addHelpText('after', '\nWaits 10 s for its end. Exit code 1: it goes on still. RUN may be last.')
    .action((run: string, options: CancelOptions) => {
      choose(async (terminal) => (await import('./commands/cancel.ts')).cancel(run, options, terminal));
    });

  program
    .command('fsck')
    .summary('check that the record of past runs is as it was written')
    .description(
      'Checks the record of past runs: its pages, and each run against its chain of hashes. Changes nothing.',
    )
    .option('--json', 'one JSON object a line')
    .addHelpText('after', FSCK)
    .action((options: JsonOption) => {
      choose(async (terminal) => (await import('./commands/fsck.ts')).fsck(options, terminal));
    });
}
