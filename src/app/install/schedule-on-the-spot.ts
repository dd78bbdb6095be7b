import { basename, resolve } from 'node:path';
import { parseCron } from '../../model/cron.ts';
import type { Risk } from '../../model/action.ts';
import type { ErrorInfo } from '../../model/error.ts';
import { EVERY_MS, SCHEDULE_NAME, type Schedule, type Timing } from '../../model/schedule.ts';
import { parseDuration } from '../../util/duration.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { isTimeZone, nearestTimeZone } from '../../util/time-zone.ts';

/** As typed. */
export interface TypedTimes {
  readonly cron?: string | undefined;
  readonly every?: string | undefined;
  readonly timezone?: string | undefined;
  readonly maxRisk?: Risk | undefined;
}

/** A schedule that no configuration has, for a runbook: it has the name of its file. */
export function scheduleOnTheSpot(runbook: string, typed: TypedTimes): Result<Schedule, ErrorInfo> {
  const name = basename(runbook).replace(/\.ya?ml$/, '');
  if (!SCHEDULE_NAME.test(name) || name === 'serve')
    return err(usage(`no schedule can be called ${JSON.stringify(name)}`, 'write one into the configuration'));
  const timing = timingOf(typed);
  if (!timing.ok) return timing;
  const nowhere = { line: 1, column: 1, offset: 0 };
  return ok({
    name,
    runbook,
    timing: timing.value,
    jitterMs: 0,
    overlap: 'skip',
    mode: 'repair',
    maxRisk: typed.maxRisk ?? 'restart',
    params: {},
    paused: false,
    at: { file: resolve(runbook), start: nowhere, end: nowhere },
  });
}

function timingOf({ cron, every, timezone }: TypedTimes): Result<Timing, ErrorInfo> {
  if (cron === undefined) {
    if (timezone !== undefined) return err(usage('--timezone is for --cron', 'every has the same times in every zone'));
    const everyMs = parseDuration(every ?? '');
    if (everyMs.ok && everyMs.value >= EVERY_MS.least && everyMs.value <= EVERY_MS.most)
      return ok({ kind: 'every', everyMs: everyMs.value });
    return err(usage(`--every ${every ?? ''} is no duration from 30s to 366d`, 'write it such as 5m'));
  }
  const read = parseCron(cron);
  if (!read.ok) return err(usage(`--cron: ${read.error.message}`, read.error.hint));
  const zone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (isTimeZone(zone)) return ok({ kind: 'cron', cron: read.value, timezone: zone });
  const near = nearestTimeZone(zone);
  return err(
    usage(
      `there is no time zone ${JSON.stringify(zone)}`,
      near === undefined ? 'such as Europe/Berlin' : `did you mean ${near}?`,
    ),
  );
}

const usage = (message: string, hint: string): ErrorInfo => ({ code: 'usage', message, hint });
