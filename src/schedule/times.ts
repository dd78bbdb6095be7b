import type { Cron, Timing } from '../model/schedule.ts';
import { firstDay, matches } from './cron-calendar.ts';
import { DAY, type Stretch, zoneOf } from './zone.ts';

/** A change of the offset by as much is a country that changes its zone: the new time holds, and nothing is made good. */
export const CORRECTION = 3 * 3_600_000;
/** The 29th of February falls on a given weekday at least once in it, also around the years that are no leap years. */
const HORIZON = 41 * 366 * DAY;

/** The first time after `after`; milliseconds since 1970. Undefined: there is none in 41 years, since a change of the clock always takes it. */
export function nextTime(timing: Timing, after: number): number | undefined {
  for (const time of timesBetween(timing, after, after + HORIZON)) return time;
  return undefined;
}

/** The last time up to and including `upTo`, if there is one after `after`. */
export function lastTime(timing: Timing, after: number, upTo: number): number | undefined {
  const first = nextTime(timing, after);
  if (first === undefined || first > upTo) return undefined;
  let last = first;
  for (let reach = DAY / 24; last === first; reach *= 8) {
    for (const time of timesBetween(timing, Math.max(first, upTo - reach), upTo)) last = time;
    if (upTo - reach <= first) break;
  }
  return last;
}

/** How many there are after `after`, up to and including `upTo`. */
export function countTimes(timing: Timing, after: number, upTo: number): number {
  if (timing.kind === 'every')
    return Math.max(0, Math.floor(upTo / timing.everyMs) - Math.floor(after / timing.everyMs));
  let count = 0;
  for (const _ of timesBetween(timing, after, upTo)) count += 1;
  return count;
}

/**
 * The times of a schedule after `after`, up to and including `upTo`, in their order; made while they are asked for. Where the
 * offset of the zone changes by less than three hours it follows Debian's cron: a fixed time that clocks leave out is due right
 * after the gap, and one that they show twice only the first time; all other times are those that clocks show.
 */
export function timesBetween(timing: Timing, after: number, upTo: number): Iterable<number> {
  switch (timing.kind) {
    case 'every':
      return multiples(timing.everyMs, after, upTo);
    case 'cron':
      return cronTimes(timing.cron, timing.timezone, after, upTo);
  }
}

function* multiples(interval: number, after: number, upTo: number): Iterable<number> {
  for (let time = (Math.floor(after / interval) + 1) * interval; time <= upTo; time += interval) yield time;
}

function* cronTimes(cron: Cron, timezone: string, after: number, upTo: number): Iterable<number> {
  const zone = zoneOf(timezone);
  let repeated = -Infinity;
  for (let day = Math.floor((after - CORRECTION) / DAY); day * DAY <= upTo; day += 1) {
    // Clocks anywhere show the date of UTC, the one before or the one after.
    day = Math.max(day, firstDay(cron, day - 1, upTo / DAY + 2) - 1);
    for (const stretch of zone.stretchesOf(day)) {
      const { from, to, offset } = stretch;
      const shift = cron.fixedTime ? shiftOf(stretch) : 0;
      if (shift < 0) repeated = from - shift;
      const first = Math.max(from, repeated, after + 1);
      const isMadeGood =
        from > after && from <= upTo && shift > 0 && hasMatch(cron, from + offset - shift, from + offset);
      if (isMadeGood) yield from;
      for (const wall of matches(cron, first + offset, Math.min(to, upTo + 1) + offset))
        if (!isMadeGood || wall - offset !== from) yield wall - offset;
    }
  }
}

/** By how much clocks are put forward (or back: negative) where the stretch begins, when that is daylight saving time. */
function shiftOf({ offset, before = offset }: Stretch): number {
  const shift = offset - before;
  return Math.abs(shift) < CORRECTION ? shift : 0;
}

function hasMatch(cron: Cron, from: number, to: number): boolean {
  for (const _ of matches(cron, from, to)) return true;
  return false;
}
