import type { References } from './expression.ts';
import type { Step } from './runbook.ts';

/** Ids of the steps whose results must be known before this one can be sent and judged. */
export function stepsReadBy(step: Step): ReadonlySet<string> {
  return new Set(expressionsOf(step).flatMap(({ references }) => references.steps));
}

function expressionsOf(step: Step): readonly { readonly references: References }[] {
  const optional = [step.loop, step.env].filter((expression) => expression !== undefined);
  return [...step.when, step.params, step.timeoutMs, ...step.expect, ...optional];
}
