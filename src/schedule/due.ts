import type { Schedule } from '../model/schedule.ts';
import { sha256 } from '../util/sha256.ts';
import { nextTime } from './times.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How much later than meant each occurrence starts: whole seconds below `jitterMs`, always the same for one name. Milliseconds. */
export function delayOf({ name, jitterMs }: Schedule): number {
  if (jitterMs < 1000) return 0;
  const share = Number.parseInt(sha256(name).slice(0, 12), 16) / 2 ** 48;
  return Math.floor((share * jitterMs) / 1000) * 1000;
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
