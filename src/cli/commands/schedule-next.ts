import { findSchedule } from '../../app/schedules/find-schedule.ts';
import { pauseOf } from '../../app/schedules/schedule-overview.ts';
import { because } from '../../app/trouble.ts';
import { occurrenceKey } from '../../model/occurrence-key.ts';
import type { Schedule } from '../../model/schedule.ts';
import { clockFace } from '../../schedule/clock-face.ts';
import { decidedBy, delayOf } from '../../schedule/due.ts';
import { upcoming, type ClockEffect, type Upcoming } from '../../schedule/upcoming.ts';
import { count } from '../../util/count.ts';
import { formatDuration } from '../../util/duration.ts';
import { roughDuration } from '../../util/rough-duration.ts';
import { unreachable } from '../../util/unreachable.ts';
import type { ScheduleNextOptions } from '../options.ts';
import { pauseText } from '../pause-text.ts';
import { printTrouble } from '../print-trouble.ts';
import { renderTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { withSchedules } from '../with-schedules.ts';

/** `runbook schedule next NAME`: when its next runs start, jitter included. */
export function next(name: string, options: ScheduleNextOptions, terminal: Terminal): Promise<number> {
  const now = Date.now();
  const { out, err } = terminal;
  const json = options.json === true;
  return withSchedules(options, terminal, (site, store) => {
    const found = findSchedule(name, site.configuration);
    if (!found.ok) return printTrouble(because(found.error), terminal, json);
    const schedule = found.value;
    const mark = store.schedules.mark(name);
    const times = upcoming(schedule.timing, decidedBy(schedule, mark?.decidedUpTo, now), options.count);
    if (json) {
      out.print(times.map((time) => `${JSON.stringify(asJson(schedule, time))}\n`).join(''));
      return 0;
    }
    const paused = pauseOf(schedule, mark?.paused, now);
    if (paused !== undefined) err.print(`It is ${pauseText(paused)}; until then it starts nothing.\n`);
    if (times.length === 0) err.print(`${name} ${NEVER}\n`);
    else out.print(table(schedule, times, now, terminal));
    const delay = delayOf(schedule);
    if (delay > 0 && times.length > 0)
      err.print(`Each is ${formatDuration(delay)} later than the schedule says: its jitter.\n`);
    return 0;
  });
}

const NEVER = 'never runs: each of its times is left out by a change of the clock, or is no date';

function table(schedule: Schedule, times: readonly Upcoming[], now: number, { out }: Terminal): string {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { timing } = schedule;
  const zones = timing.kind === 'cron' && timing.timezone !== here ? [timing.timezone, here] : [here];
  const rows = times.map(({ time, changes }) => {
    const start = time + delayOf(schedule);
    return [...zones.map((zone) => clockFace(start, zone)), `in ${roughDuration(start - now)}`, notesOf(changes)];
  });
  return renderTable([...zones.map((zone) => zone.toUpperCase()), '', ''], rows, out);
}

const notesOf = (changes: readonly ClockEffect[]): string => changes.map(effectText).join('; ');

function effectText({ effect, times, by }: ClockEffect): string {
  const size = formatDuration(by);
  switch (effect) {
    case 'made-good':
      return `clocks go forward by ${size}: for ${count(times, 'time')} that they leave out`;
    case 'left-out':
      return `clocks go forward by ${size} before it: ${count(times, 'time')} left out`;
    case 'once':
      return `clocks go back by ${size} before it: ${count(times, 'time')} shown twice, run once`;
    case 'twice':
      return `clocks go back by ${size} before it: ${count(times, 'time')} shown twice, run twice`;
    default:
      return unreachable(effect);
  }
}

function asJson(schedule: Schedule, { time, changes }: Upcoming) {
  const { name, timing } = schedule;
  const start = time + delayOf(schedule);
  const local = timing.kind === 'cron' ? { timezone: timing.timezone, local: clockFace(start, timing.timezone) } : {};
  return { schedule: name, time: occurrenceKey(time), start: new Date(start).toISOString(), ...local, changes };
}
