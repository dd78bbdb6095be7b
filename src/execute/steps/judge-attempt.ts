import type { Scope } from '../../model/expression.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step, Until } from '../../model/runbook.ts';
import type { StepEnd } from './judge.ts';

/** Pure: `until` and `expect` of a step that was sent once more. `again`: it may be tried again. */
export function judgeAttempt(step: Step, end: StepEnd, scope: Scope, attempt: number): StepEnd {
  const { until } = step;
  if (until === undefined || !mayBeRepeated(end)) return judgeExpectations(step, end, scope);
  const unmet = whatIsUnmet(until, end.result, scope);
  if (unmet === undefined) return judgeExpectations(step, end, scope);
  const all = until.retries + 1;
  const error = `${unmet.error} (attempt ${attempt} of ${all})`;
  const changed = end.result.status === 'changed';
  return { ...end, result: { ...unmet, error }, ...(attempt < all && { again: true }), ...(changed && { changed }) };
}

/** Not what was ended by the interrupt, of which nobody knows how it ended, or that may not be sent. */
function mayBeRepeated({ result }: StepEnd): boolean {
  return result.status !== 'unknown' && !FINAL.has(result.reason);
}

const FINAL = new Set<StepResult['reason']>(['lost', 'cancelled', 'condition']);

/** A step that failed by itself says more than the condition that could not hold for that. */
function whatIsUnmet(until: Until, result: StepResult, scope: Scope): StepResult | undefined {
  const judged: Scope = { ...scope, result };
  const holds = until.condition.evaluate(judged);
  if (holds.ok && holds.value) return undefined;
  if (result.status === 'failed') return result;
  if (!holds.ok) return { status: 'failed', reason: 'expression', error: holds.error.message };
  return { status: 'failed', reason: 'expect', error: until.condition.explain(judged) };
}

/** `expect` of a step that did its work. `scope` is the step's, with `first` where there is one. */
function judgeExpectations(step: Step, end: StepEnd, scope: Scope): StepEnd {
  if (step.expect.length === 0 || (end.result.status !== 'ok' && end.result.status !== 'changed')) return end;
  const judged: Scope = { ...scope, result: end.result, first: scope.first ?? end.result };
  const changed = end.result.status === 'changed' ? ({ changed: true } as const) : {};
  const unmet: string[] = [];
  for (const condition of step.expect) {
    const holds = condition.evaluate(judged);
    if (!holds.ok)
      return { ...end, ...changed, result: { status: 'failed', reason: 'expression', error: holds.error.message } };
    if (!holds.value) unmet.push(condition.explain(judged));
  }
  if (unmet.length === 0) return end;
  return { ...end, ...changed, result: { status: 'failed', reason: 'expect', error: unmet.join('; ') } };
}
