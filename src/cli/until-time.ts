import type { ErrorInfo } from '../model/error.ts';
import { parseDuration } from '../util/duration.ts';
import { err, ok, type Result } from '../util/result.ts';

/** What `--until` says: `2h` from now, or a time such as 2026-11-24T08:00, of this machine's zone where it names none. Milliseconds since 1970. */
export function untilTime(given: string, now: number): Result<number, ErrorInfo> {
  const duration = parseDuration(given);
  const time = duration.ok ? now + duration.value : Date.parse(given);
  const hint = 'give a time to come: 2h, or 2026-11-24T08:00';
  if (Number.isNaN(time) || Math.abs(time) > 8.64e15)
    return err({ code: 'usage', message: `--until ${given} is no time`, hint });
  return time > now ? ok(time) : err({ code: 'usage', message: `--until ${given} is past`, hint });
}
