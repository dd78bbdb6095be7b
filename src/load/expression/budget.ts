/** Thrown inside an evaluation that would take too long, and caught by it. */
export class BudgetError extends Error {}

/**
 * What one evaluation may cost, in steps of about 0.1 microseconds: 100 ms on a machine of today. Counted instead of timed, so
 * that an expression gives the same on a busy controller as on an idle one.
 */
const BUDGET = 1_000_000;

let left = 0;
let depth = 0;

/** One for all: an exhausted loop throws it at each turn, and taking a stack each time would cost more than the loop. */
const EXHAUSTED = new BudgetError('the expression takes too long (over 100 ms)');

/** One evaluation. What it has to evaluate first, such as a param that an include gives, costs it too. */
export function budgeted<T>(evaluate: () => T): T {
  if (depth === 0) left = BUDGET;
  depth++;
  try {
    return evaluate();
  } finally {
    depth--;
  }
}

export function spend(steps: number): void {
  left -= steps;
  if (left < 0) throw EXHAUSTED;
}
