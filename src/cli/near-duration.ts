import { formatDuration } from '../util/duration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** To the nearest of what matters at that length: `2d4h`, `1h50m`, `5m`, `40s`; nothing negative. Milliseconds. */
export function nearDuration(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  const step = STEPS.find(({ from }) => length >= from)?.step ?? SECOND;
  return formatDuration(Math.round(length / step) * step);
}

const STEPS = [
  { from: 10 * DAY, step: DAY },
  { from: DAY, step: HOUR },
  { from: 10 * MINUTE, step: MINUTE },
  { from: MINUTE, step: 10 * SECOND },
] as const;

/** The one in the middle; of an even number the greater of the two there. Undefined: there are none. */
export function median<T>(all: readonly T[], by: (one: T) => number): T | undefined {
  return all.toSorted((a, b) => by(a) - by(b))[Math.floor(all.length / 2)];
}
