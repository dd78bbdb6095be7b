import type { Look } from './look.ts';

const DAY_MS = 86_400_000;

/**
 * Pure: nobody knows how a finding is that was not looked at for so long. A day; where schedules look less often, half as long again
 * as they mostly take. Milliseconds. `looks`: those of one machine by one runbook, in the order of their times.
 */
export function staleMs(looks: readonly Look[]): number {
  const scheduled = looks.filter(({ run }) => run.isScheduled);
  const times = [...new Map(scheduled.map(({ at, run }) => [run.runId, at])).values()];
  const intervals = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const middle = intervals.toSorted((a, b) => a - b)[Math.floor((intervals.length - 1) / 2)] ?? 0;
  return Math.max(DAY_MS, middle * 1.5);
}
