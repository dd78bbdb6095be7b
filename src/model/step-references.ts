import type { References } from './expression.ts';
import type { Step } from './runbook.ts';

/** It cannot be composed before the step that `result` names has ended. */
export function readsResult(step: Step): boolean {
  return [...step.when, ...inputsOf(step)].some(({ references }) => references.result === true);
}

/** Ids of the steps whose results must be known before this one can be sent and judged. */
export function stepsReadBy(step: Step): ReadonlySet<string> {
  const judged = step.until === undefined ? [] : [step.until.condition, step.until.delayMs];
  const all = [...step.when, ...inputsOf(step), ...judged, ...step.expect];
  return new Set(all.flatMap(({ references }) => references.steps));
}

function inputsOf(step: Step): readonly { readonly references: References }[] {
  const optional = [step.loop, step.env].filter((expression) => expression !== undefined);
  return [...step.groupLoops.map(({ list }) => list), step.params, step.timeoutMs, ...optional];
}
