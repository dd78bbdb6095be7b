import type { Cron, Timing } from '../model/schedule.ts';
import { err, ok, type Result } from '../util/result.ts';
import { fieldText, groupBy } from './calendar-text.ts';
import { comingOffsets, comingStretches, YEARS_AHEAD } from './coming-offsets.ts';
import { matches } from './cron-calendar.ts';
import { timesBetween } from './times.ts';
import { DAY, zoneOf } from './zone.ts';

/** What the timer of systemd is told. */
export interface OnCalendar {
  /** Values of `OnCalendar=`; together they mean the times of the schedule. */
  readonly lines: readonly string[];
  /** For so many years: some lines name single days on which clocks change. Absent: for as long as the zone's rules hold. */
  readonly years?: number;
}

const MINUTE = 60_000;
const WEEK = 7 * DAY;
const MOST_LINES = 100;
const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 4;

/**
 * The same times for systemd.time(7), from `from` on. systemd leaves out what clocks leave out, and takes the first of what they show
 * twice: where the schedule has more, the days are named. The error says why it cannot be said so, and what can be done.
 */
export function onCalendar(timing: Timing, from: number): Result<OnCalendar, string> {
  const found = timing.kind === 'every' ? ofInterval(timing.everyMs) : ofCron(timing, from);
  if (!found.ok || found.value.lines.length <= MOST_LINES) return found;
  const hint = 'choose another time, timezone: UTC, or runbook serve';
  return err(`systemd would need ${found.value.lines.length} lines to have these times; ${hint}`);
}

function ofCron(timing: Timing & { readonly kind: 'cron' }, from: number): Result<OnCalendar, string> {
  const { cron, timezone } = timing;
  if (isEachHour(cron)) {
    const inUtc = comingOffsets(timezone, from).map((offset) => shifted(cron.minutes, -offset / MINUTE));
    const [first = [], ...others] = inUtc.map((minutes) => minutes.toSorted((a, b) => a - b));
    if (others.every((minutes) => minutes.join() === first.join()))
      return ok({ lines: [line({ hours: cron.hours, minutes: first }, 'UTC')] });
  }
  const lines = cron.eitherDay
    ? [line({ ...cron, weekdays: undefined }, timezone), line({ ...cron, days: undefined }, timezone)]
    : [line(cron, timezone)];
  const more = addedTimes(timing, from);
  const byHour = groupBy(more, (time) => new Date(time).toISOString().slice(0, 13));
  const added = byHour.map((times) => {
    const minutes = times.map((time) => Math.floor(time / MINUTE) % 60);
    const [date, hour] = new Date(times[0]).toISOString().split(/[T:]/);
    return `${date} ${hour}:${field(minutes, 0, 59)}:00 UTC`;
  });
  return ok({ lines: [...lines, ...added], ...(added.length > 0 && { years: YEARS_AHEAD }) });
}

/** Its minutes are those of each real hour, whatever clocks do. */
export const isEachHour = (cron: Cron): boolean => cron.hours.length === 24 && isEachDay(cron);

const shifted = (minutes: readonly number[], by: number): readonly number[] =>
  minutes.map((minute) => (((minute + by) % 60) + 60) % 60);

/** Those of the schedule that systemd has not, around each change of the clocks. */
function addedTimes(timing: Timing & { readonly kind: 'cron' }, from: number): readonly number[] {
  const { cron, timezone } = timing;
  const changes = comingStretches(timezone, from).filter(({ before }) => before !== undefined);
  return changes.flatMap(({ from: change, offset, before = offset }) => {
    const isInGap = [...matches(cron, change + before, change + offset)].length > 0;
    const [begin, end] = [change - DAY, change + DAY];
    // With a time in the gap, systemd 252 may go on to the next of its dates (Dublin, whose winter is the one with isdst).
    const isSure = (time: number): boolean => time < change || !isInGap || isEachDay(cron);
    const known = new Set([...systemdTimes(timing, begin, end)].filter(isSure));
    return [...timesBetween(timing, begin, end)].filter((time) => !known.has(time) && time >= from);
  });
}

const isEachDay = ({ days, months, weekdays }: Cron): boolean =>
  days.length === 31 && months.length === 12 && weekdays.length === 7;

/** As systemd's calendar_spec_next_usec() finds them, by mktime(3): none in a gap, the first of two. */
function* systemdTimes({ cron, timezone }: Timing & { readonly kind: 'cron' }, after: number, upTo: number) {
  const zone = zoneOf(timezone);
  let shownUpTo = -Infinity;
  for (let day = Math.floor(after / DAY) - 1; day * DAY <= upTo; day += 1) {
    for (const { from, to, offset } of zone.stretchesOf(day)) {
      for (const wall of matches(cron, Math.max(from + offset, shownUpTo), to + offset)) {
        const time = wall - offset;
        if (time > after && time <= upTo) yield time;
      }
      shownUpTo = Math.max(shownUpTo, to + offset);
    }
  }
}

interface LineFields {
  readonly weekdays?: readonly number[] | undefined;
  readonly months?: readonly number[];
  readonly days?: readonly number[] | undefined;
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds?: readonly number[];
}

function line(
  { weekdays = [], months = [], days = [], hours, minutes, seconds = [0] }: LineFields,
  zone: string,
): string {
  const date = `*-${months.length === 0 ? '*' : field(months, 1, 12)}-${days.length === 0 ? '*' : field(days, 1, 31)}`;
  const time = [field(hours, 0, 23), field(minutes, 0, 59), field(seconds, 0, 59)].join(':');
  const isEachDay = weekdays.length === 0 || weekdays.length === 7;
  const which = isEachDay ? '' : `${weekdays.map((day) => DAY_NAMES[day]).join(',')} `;
  return `${which}${date} ${time} ${zone}`;
}

const field = (values: readonly number[], least: number, most: number): string =>
  fieldText(values, { least, most, to: '..', width: 2 });

interface WeekTime {
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Multiples since 1970 come at the same times of each week, or systemd cannot say them. */
function ofInterval(everyMs: number): Result<OnCalendar, string> {
  if (everyMs % 1000 !== 0 || WEEK % everyMs !== 0)
    return err(
      'systemd has no times that are not the same each week; choose one that divides a week, or runbook serve',
    );
  const times = Array.from({ length: WEEK / everyMs }, (_, index) => weekTime((index * everyMs) / 1000));
  const bySeconds = groupBy(times, ({ weekday, hour, minute }) => `${weekday} ${hour} ${minute}`).map((group) => ({
    ...group[0],
    seconds: group.map(({ second }) => second),
  }));
  const byMinutes = groupBy(bySeconds, ({ weekday, hour, seconds }) => `${weekday} ${hour} ${seconds.join()}`).map(
    (group) => ({ ...group[0], minutes: group.map(({ minute }) => minute) }),
  );
  const byHours = groupBy(
    byMinutes,
    ({ weekday, minutes, seconds }) => `${weekday} ${minutes.join()} ${seconds.join()}`,
  ).map((group) => ({ ...group[0], hours: group.map(({ hour }) => hour) }));
  const byDays = groupBy(
    byHours,
    ({ hours, minutes, seconds }) => `${hours.join()} ${minutes.join()} ${seconds.join()}`,
  );
  const lines = byDays.map((group) => {
    const weekdays = group.map(({ weekday }) => weekday).toSorted((a, b) => a - b);
    return line({ ...group[0], weekdays }, 'UTC');
  });
  return ok({ lines });
}

function weekTime(seconds: number): WeekTime {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const weekday = (FIRST_WEEKDAY + Math.floor(hours / 24)) % 7;
  return { weekday, hour: hours % 24, minute: minutes % 60, second: seconds % 60 };
}
