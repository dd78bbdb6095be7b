import { toldExitCode } from '../app/exit-codes.ts';
import { ping } from '../app/ping.ts';
import { writeRunMetrics, type LastRun } from '../app/run-metrics.ts';
import type { Result } from '../util/result.ts';
import type { RunOptions } from './options.ts';
import type { Terminal } from './terminal.ts';

/** What came of a run, for those who watch that it comes at all. */
export type Watched = Pick<LastRun, 'runbook' | 'counts'>;

/** Who hears of it, before the result is printed. */
export interface WatchedOption {
  readonly watched?: (what: Watched) => void;
}

/** Tells those that `--ping` and `--metrics-file` name that a run begins and how it ended; what fails of it is a warning. */
export async function watchRun(
  { runbook, isShadow }: { readonly runbook: string; readonly isShadow: boolean },
  { ping: url, metricsFile, onSchedule = '', json }: RunOptions,
  { err }: Terminal,
  run: (watched: (what: Watched) => void) => Promise<number>,
): Promise<number> {
  const warn = (told: Result<void, string>): void => {
    if (!told.ok && json !== true) err.print(`${err.style('warn', 'warning:')} ${told.error}\n`);
  };
  const begun = url === undefined ? undefined : ping(url, 'start');
  const startedAt = Date.now();
  let what: Watched = { runbook, counts: {} };
  const exitCode = await run((told) => {
    what = told;
  });
  const told = toldExitCode(exitCode, isShadow);
  if (metricsFile !== undefined) {
    const last = { ...what, schedule: onSchedule, startedAt, endedAt: Date.now(), exitCode: told };
    warn(writeRunMetrics(metricsFile, last));
  }
  if (url !== undefined && begun !== undefined) {
    const first = await begun;
    const last = await ping(url, told);
    warn(last.ok ? first : last);
  }
  return exitCode;
}
