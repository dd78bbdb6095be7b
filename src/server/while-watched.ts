import { exitCodeOfTrouble, toldExitCode } from '../app/exit-codes.ts';
import { ping } from '../app/ping.ts';
import { writeRunMetrics } from '../app/run-metrics.ts';
import type { Clock } from '../model/clock.ts';
import type { Schedule } from '../model/schedule.ts';
import type { Result } from '../util/result.ts';
import type { OccurrenceEnd } from './run-occurrence.ts';

export interface WatchedParts {
  readonly clock: Clock;
  /** One line: what failed changes nothing. */
  readonly warn: (message: string) => void;
}

/** Tells `ping` and `metrics_file` of a schedule that its run begins and how it ended. A ping holds nothing up. */
export async function whileWatched(
  { name, runbook, mode, ping: url, metricsFile }: Schedule,
  { clock, warn }: WatchedParts,
  run: () => Promise<OccurrenceEnd>,
): Promise<OccurrenceEnd> {
  const check = (told: Result<void, string>): void => {
    if (!told.ok) warn(told.error);
  };
  const begun = url === undefined ? undefined : ping(url, 'start').then(check);
  const startedAt = clock.now();
  const ended = await run();
  const ownCode = exitCodeOf(ended);
  if (ownCode === undefined) return ended;
  const exitCode = toldExitCode(ownCode, mode === 'shadow');
  if (metricsFile !== undefined) {
    const counts = 'end' in ended ? ended.end.finished.counts : {};
    const of = 'prepared' in ended ? ended.prepared.runbook.name : runbook;
    check(
      writeRunMetrics(metricsFile, { runbook: of, schedule: name, counts, startedAt, endedAt: clock.now(), exitCode }),
    );
  }
  if (url !== undefined) void begun?.then(async () => check(await ping(url, exitCode)));
  return ended;
}

/** Undefined: it has not ended yet. */
function exitCodeOf(ended: OccurrenceEnd): number | undefined {
  switch (ended.kind) {
    case 'ended':
    case 'interrupted':
      return ended.end.finished.exitCode;
    case 'failed':
      return exitCodeOfTrouble(ended.trouble);
    case 'left':
      return undefined;
  }
}
