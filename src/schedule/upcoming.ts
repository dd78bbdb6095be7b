import type { Timing } from '../model/schedule.ts';
import { clockChanges } from './clock-face.ts';
import { matches } from './cron-calendar.ts';
import { CORRECTION, nextTime } from './times.ts';

/** A time of a schedule that is to come. */
export interface Upcoming {
  /** Milliseconds since 1970, without jitter. */
  readonly time: number;
  /** Changes of the clock since the time before it that concern the schedule. */
  readonly changes: readonly ClockEffect[];
}

/**
 * What a change of the clock does to times of a schedule. `made-good`: left out, and the one right after stands for them.
 * `left-out`: they do not come. `once`, `twice`: clocks show them twice.
 */
export interface ClockEffect {
  readonly effect: 'made-good' | 'left-out' | 'once' | 'twice';
  /** How many times clocks leave out or show twice. */
  readonly times: number;
  /** By how much clocks are put forward, or back. Milliseconds. */
  readonly by: number;
}

/** The next times after `after`, at most `count`: fewer when there are no more in 41 years. */
export function upcoming(timing: Timing, after: number, count: number): readonly Upcoming[] {
  const found: Upcoming[] = [];
  for (let before = after; found.length < count;) {
    const time = nextTime(timing, before);
    if (time === undefined) break;
    found.push({ time, changes: effectsBetween(timing, before, time) });
    before = time;
  }
  return found;
}

function effectsBetween(timing: Timing, after: number, upTo: number): readonly ClockEffect[] {
  if (timing.kind === 'every') return [];
  const { cron, timezone } = timing;
  return clockChanges(timezone, after, upTo).flatMap(({ from, before, offset }): readonly ClockEffect[] => {
    const isForward = offset > before;
    const [first, last] = isForward ? [before, offset] : [offset, before];
    const times = [...matches(cron, from + first, from + last)].length;
    if (times === 0) return [];
    const by = last - first;
    const isKept = cron.fixedTime && by < CORRECTION;
    const effect = isForward ? (isKept ? 'made-good' : 'left-out') : isKept ? 'once' : 'twice';
    return [{ effect, times, by }];
  });
}
