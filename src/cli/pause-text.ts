import type { Pause } from '../model/occurrence.ts';
import { localTime } from './local-time.ts';

/** `paused by anna@ops1 until 2026-11-24 08:00:00: moving racks`; without anybody it is the configuration's. */
export function pauseText({ by, reason = '', until }: Partial<Pause>): string {
  if (by === undefined) return 'paused in the configuration';
  return `paused by ${by}${until === undefined ? '' : ` until ${localTime(until)}`}${reason === '' ? '' : `: ${reason}`}`;
}
