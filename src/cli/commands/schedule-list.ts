import { scheduleOverview, type ScheduleOverview } from '../../app/schedules/schedule-overview.ts';
import type { Timing } from '../../model/schedule.ts';
import { formatDuration } from '../../util/duration.ts';
import { roughDuration } from '../../util/rough-duration.ts';
import { localTime } from '../local-time.ts';
import { stateText, wayOn } from '../occurrence-text.ts';
import type { JsonOption } from '../options.ts';
import { pauseText } from '../pause-text.ts';
import { renderTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { withSchedules } from '../with-schedules.ts';

const HEAD = ['NAME', 'RUNBOOK', 'HOSTS', 'WHEN', 'NEXT', 'LAST', ''];

/** `runbook schedule list`. */
export function list(options: JsonOption, terminal: Terminal): Promise<number> {
  const now = Date.now();
  const { out, err } = terminal;
  return withSchedules(options, terminal, (site, store) => {
    const all = scheduleOverview(site, store.schedules, now);
    if (options.json === true) out.print(all.map((each) => `${JSON.stringify(asJson(each))}\n`).join(''));
    else if (all.length === 0) err.print('There are no schedules. Write one into schedules of the configuration.\n');
    else
      out.print(
        renderTable(
          HEAD,
          all.map((each) => row(each, now)),
          out,
        ),
      );
    return 0;
  });
}

function row(overview: ScheduleOverview, now: number): readonly string[] {
  const { schedule, hosts = '', nextStart, last } = overview;
  const ended = last?.endedAt ?? last?.decidedAt;
  return [
    schedule.name,
    schedule.runbook,
    hosts,
    whenText(schedule.timing),
    nextStart === undefined ? '' : localTime(new Date(nextStart).toISOString()),
    last === undefined || ended === undefined
      ? ''
      : `${stateText(last)}, ${roughDuration(now - Date.parse(ended))} ago`,
    notesOf(overview).join('; '),
  ];
}

/** As written, with the zone where it is not this machine's. */
function whenText(timing: Timing): string {
  if (timing.kind === 'every') return `every ${formatDuration(timing.everyMs)}`;
  const { cron, timezone } = timing;
  return timezone === Intl.DateTimeFormat().resolvedOptions().timeZone ? cron.text : `${cron.text} ${timezone}`;
}

function notesOf({ schedule, broken, paused, open, nextStart }: ScheduleOverview): readonly string[] {
  return [
    ...(broken === undefined ? [] : [broken]),
    ...open.flatMap((record) => [stateText(record), ...wayOn(record)]),
    ...(paused === undefined ? [] : [pauseText(paused)]),
    ...(nextStart === undefined && paused === undefined ? ['it never runs: runbook schedule next says why'] : []),
    ...(schedule.mode === 'shadow' ? ['shadow'] : []),
  ];
}

function asJson({ schedule, hosts, broken, nextStart, paused, open, last }: ScheduleOverview) {
  const { name, runbook, timing, mode } = schedule;
  const when =
    timing.kind === 'cron'
      ? { cron: timing.cron.text, timezone: timing.timezone }
      : { every: formatDuration(timing.everyMs) };
  const next = nextStart === undefined ? {} : { next: new Date(nextStart).toISOString() };
  return { name, runbook, hosts, ...when, mode, ...next, last, open, paused, broken };
}
