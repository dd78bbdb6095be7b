import { formatDuration } from '../util/duration.ts';

/** Up to so much a clock was late, or the machine asleep; what is more is a clock that was wrong. */
const CORRECTION_MS = 3 * 3_600_000;

/** One moment by both clocks, in milliseconds: since 1970, and from an arbitrary start without jumps. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

/**
 * How the clock was corrected, in words, when it was and the schedule does not know of it yet. `decidedUpTo`: its mark; after a
 * restart it alone tells of a step back.
 */
export function correctionOf(now: Moment, before: Moment | undefined, decidedUpTo: number): string | undefined {
  const expected = before === undefined ? now.wall : before.wall + now.monotonic - before.monotonic;
  const step = now.wall - expected;
  // With the mark beyond the expected time, another process has seen the same step.
  if (step > CORRECTION_MS) return decidedUpTo > expected ? undefined : `the clock was put forward by ${sizeOf(step)}`;
  const isBack = step < -CORRECTION_MS && decidedUpTo > now.wall;
  if (isBack) return `the clock was put back by ${sizeOf(step)}`;
  return decidedUpTo - now.wall > CORRECTION_MS
    ? `the clock was put back: it was decided up to ${sizeOf(decidedUpTo - now.wall)} from now`
    : undefined;
}

const sizeOf = (step: number): string => formatDuration(Math.round(Math.abs(step) / 1000) * 1000);
