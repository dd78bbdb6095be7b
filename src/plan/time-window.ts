import { WEEKDAYS, type TimeWindow } from '../model/policy.ts';

/**
 * Pure: does the clock on the wall of the window's zone stand in it? `now`: milliseconds since 1970. An hour that daylight saving time
 * repeats is in the window both times, one that it leaves out never comes.
 */
export function isWithin({ from, to, days, timezone }: TimeWindow, now: number): boolean {
  const { day, minutes } = wallClock(timezone, now);
  const begins = (on: number): boolean => days?.includes((on + 7) % 7) !== false;
  if (from < to) return from <= minutes && minutes < to && begins(day);
  return (minutes >= from && begins(day)) || (minutes < to && begins(day - 1));
}

/** Pure: `from 22:00 to 06:00 on mon, tue (Europe/Berlin)`. */
export function windowText({ from, to, days, timezone }: TimeWindow): string {
  const on = days === undefined ? '' : ` on ${days.map((day) => WEEKDAYS[day]).join(', ')}`;
  return `from ${clockText(from)} to ${clockText(to)}${on} (${timezone})`;
}

/** Pure: `06:05`. */
export const clockText = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** To make one takes a hundred times as long as to ask it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** `day`: 0 is Sunday. `minutes`: after midnight. */
function wallClock(timezone: string, now: number): { readonly day: number; readonly minutes: number } {
  let format = formats.get(timezone);
  if (format === undefined) {
    const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, ...parts });
    formats.set(timezone, format);
  }
  const found = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const day = WEEKDAYS.findIndex((name) => name === found.get('weekday')?.toLowerCase());
  return { day, minutes: Number(found.get('hour')) * 60 + Number(found.get('minute')) };
}
