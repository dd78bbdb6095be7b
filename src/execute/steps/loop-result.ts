import type { StepResult, StepStatus } from '../../model/result.ts';

const WORST_FIRST: readonly StepStatus[] = ['unknown', 'failed', 'changed', 'ok', 'skipped'];

/** Pure: what expressions see of a step of which these were sent. */
export function combine(looped: boolean, results: readonly StepResult[]): StepResult {
  const [only] = results;
  return looped || only === undefined ? loopResult(results) : only;
}

/** Pure: what expressions see of a step with a loop. The worst status; `ok` for an empty list. */
export function loopResult(results: readonly StepResult[]): StepResult {
  const status = WORST_FIRST.find((candidate) => results.some((result) => result.status === candidate)) ?? 'ok';
  const worst =
    status === 'ok' || status === 'changed' ? undefined : results.find((result) => result.status === status);
  const reason = worst?.reason === undefined ? {} : { reason: worst.reason };
  return { status, error: worst?.error ?? '', ...reason, results };
}
