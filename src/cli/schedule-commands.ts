import { Option, type Command } from 'commander';
import type { ChosenCommand } from './chosen-command.ts';
import { numberFrom, text } from './option-kinds.ts';
import type {
  JsonOption,
  ScheduleHistoryOptions,
  ScheduleNextOptions,
  SchedulePauseOptions,
  ScheduleRunOptions,
} from './options.ts';

const NOTES = `
Schedules are those of the configuration: runbook config show. What was due, and what
became of it, is in the record, which runbook serve and these commands share.`;

const RUN = `
It is an occurrence of its own, in this process, with the hosts, the limits and the mode
of the schedule: nobody is asked, up to its max_risk. It needs no runbook serve, and
heeds neither a pause nor what else runs. Its exit code is that of runbook run.`;

const PAUSE = `
What runs goes on. runbook serve, a timer and the crontab skip what is due meanwhile, and
catch up with none of it. It is in the record: it holds within a minute, and after a restart.`;

const RELEASE = `
Whether a process on another machine lives cannot be told from here: as when the record was
moved, or came from a copy, or the machine has another name now. While one has a time of the
schedule in hand, no other starts. Be sure that it is dead. A run that it left in its middle
goes on with runbook resume RUN --taken-over.`;

const HISTORY = `
STATE is queued, running, ended with the exit code of its run, skipped, missed, replaced
(a newer one took its place in the queue) or failed (no run could begin). Times that were
not begun, one after the other for the same reason, are one line with their number.`;

/** `runbook schedule list|next|run|pause|resume|release|history`. */
export function addSchedule(program: Command, choose: (command: ChosenCommand) => void): void {
  const schedule = program
    .command('schedule')
    .usage('COMMAND [OPTIONS]')
    .summary('show schedules; run one now, pause it or let it go on')
    .description('Shows the schedules of the configuration, when they are due and what became of it; pauses them.')
    .helpCommand(false)
    .addHelpText('after', NOTES);

  schedule
    .command('list')
    .summary('list schedules, each with its next time and how the last one ended')
    .description('Lists the schedules of the configuration, each with its next time and how the last one ended.')
    .option('--json', 'one JSON object a line')
    .action((options: JsonOption) => {
      choose(async (terminal) => (await import('./commands/schedule-list.ts')).list(options, terminal));
    });

  schedule
    .command('next <name>')
    .summary('show the next times of a schedule')
    .description('Shows when a schedule starts next, in its zone and in yours, and what changes of the clock do.')
    .addOption(new Option('-n, --count <count>', 'so many').argParser(numberFrom(1, 100)).default(5))
    .option('--json', 'one JSON object a line')
    .action((name: string, options: ScheduleNextOptions) => {
      choose(async (terminal) => (await import('./commands/schedule-next.ts')).next(name, options, terminal));
    });

  schedule
    .command('run <name>')
    .summary('run a schedule now, out of turn')
    .description('Runs now what a schedule would run, out of turn.')
    .addOption(new Option('--json', 'events, one a line, and nothing else').conflicts(['quiet', 'verbose']))
    .addOption(new Option('--quiet', 'only what is not healthy').conflicts(['verbose']))
    .option('-v, --verbose', 'every step and all it prints')
    .addHelpText('after', RUN)
    .action((name: string, options: ScheduleRunOptions) => {
      choose(async (terminal) => (await import('./commands/schedule-run.ts')).run(name, options, terminal));
    });

  schedule
    .command('pause <name>')
    .summary('let a schedule start nothing until it is resumed')
    .description('Lets a schedule start nothing until runbook schedule resume. The reason is shown in the history.')
    .addOption(text('--reason <text>', 'why, for the history').makeOptionMandatory())
    .addOption(text('--until <time>', '2h, or 2026-11-24T08:00: it ends by itself then'))
    .addHelpText('after', PAUSE)
    .action((name: string, options: SchedulePauseOptions) => {
      choose(async (terminal) => (await import('./commands/schedule-pause.ts')).pause(name, options, terminal));
    });

  schedule
    .command('resume <name>')
    .summary('let a schedule go on')
    .description('Ends what runbook schedule pause began, and says who had paused the schedule and why.')
    .action((name: string) => {
      choose(async (terminal) => (await import('./commands/schedule-resume.ts')).resume(name, terminal));
    });

  schedule
    .command('release <name>')
    .summary('end what a dead process on another machine has in hand')
    .description('Ends, as failed, what a dead process on another machine has in hand of a schedule.')
    .addHelpText('after', RELEASE)
    .action((name: string) => {
      choose(async (terminal) => (await import('./commands/schedule-release.ts')).release(name, terminal));
    });

  schedule
    .command('history [name]')
    .summary('list what became of the times of schedules')
    .description('Lists what became of the times of all schedules, or of one, the newest first.')
    .addOption(new Option('--limit <count>', 'at most so many').argParser(numberFrom(1, 10_000)).default(20))
    .option('--json', 'one JSON object a line')
    .addHelpText('after', HISTORY)
    .action((name: string | undefined, options: ScheduleHistoryOptions) => {
      choose(async (terminal) => (await import('./commands/schedule-history.ts')).history(name, options, terminal));
    });
}
