import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration } from '../util/duration.ts';
import type { ChosenCommand } from './chosen-command.ts';
import { text } from './option-kinds.ts';
import type { ReportOptions } from './options.ts';

const MINUTE_MS = 60_000;
const MOST_DAYS = 3650;
const DEFAULT_MS = 30 * 86_400_000;

const NOTES = `
The worst first: what is there now, then what came most often. GONE AFTER is from when it
was first seen; "within" where it went between two diagnoses. AGAIN AFTER is from then until
it was seen again. Both are medians. BY: repaired (by a run that proved it), after a run (it
had changed something, and proved nothing), by an exec, alone (nothing that is recorded did
it; somebody may have), not applicable, runbook changed (by then it was another one).
With --host each time by itself, and what a schedule in mode shadow would have done.`;

/** `runbook report`. */
export function addReport(program: Command, choose: (command: ChosenCommand) => void): void {
  program
    .command('report')
    .summary('tell what comes again and again, and who made it go')
    .description('Tells of each problem of each host how often it was there, how long, and who made it go.')
    .addOption(
      new Option('--since <duration>', 'runs and plans from so long ago on')
        .argParser(sinceOf)
        .default(DEFAULT_MS, '30d'),
    )
    .addOption(text('--runbook <name>', 'only what this runbook finds'))
    .addOption(text('--host <name>', 'only of this host, also under its former names'))
    .option('--json', 'one JSON object')
    .addHelpText('after', NOTES)
    .action((options: ReportOptions) => {
      choose(async (terminal) => (await import('./commands/report.ts')).report(options, terminal));
    });
}

function sinceOf(given: string): number {
  const duration = parseDuration(given);
  if (duration.ok && duration.value >= MINUTE_MS && duration.value <= MOST_DAYS * 86_400_000) return duration.value;
  throw new InvalidArgumentError(`Give a time from 1m to ${MOST_DAYS}d, such as 24h, 7d or 30d.`);
}
