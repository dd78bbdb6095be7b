import type { Schedule } from '../model/schedule.ts';
import { sha256 } from '../util/sha256.ts';
import { correctionOf } from './clock-step.ts';
import { nextTime } from './times.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How much later than meant each occurrence starts: whole seconds below `jitterMs`, always the same for one name. Milliseconds. */
export function delayOf({ name, jitterMs }: Schedule): number {
  if (jitterMs < 1000) return 0;
  const share = Number.parseInt(sha256(name).slice(0, 12), 16) / 2 ** 48;
  return Math.floor((share * jitterMs) / 1000) * 1000;
}

/**
 * After which instant the next time of a schedule lies: where the clock was put back a little, what was decided on does not come
 * again. `decidedUpTo`: its mark. Without the schedule's delay, as the mark.
 */
export function decidedBy(schedule: Schedule, decidedUpTo: number | undefined, now: number): number {
  const upTo = now - delayOf(schedule);
  if (decidedUpTo === undefined) return upTo;
  const isVoid = correctionOf({ wall: now, monotonic: 0 }, undefined, decidedUpTo) !== undefined;
  return isVoid ? upTo : Math.max(upTo, decidedUpTo);
}

/** How long after it was due the occurrence of that time may still start. Milliseconds. */
export function graceOf({ graceMs, timing }: Schedule, time: number): number {
  if (graceMs !== undefined) return graceMs;
  const next = nextTime(timing, time) ?? Infinity;
  return Math.min(HOUR, Math.max(MINUTE, (next - time) / 2));
}

/** From when on the occurrence of that time may start no more, without its schedule's delay. Milliseconds since 1970. */
export const lateFrom = (schedule: Schedule, time: number): number => time + graceOf(schedule, time) + 1;

/** `upTo`: now, without the schedule's delay. */
export const isLate = (schedule: Schedule, time: number, upTo: number): boolean => upTo >= lateFrom(schedule, time);
