import { isBeyond, RISKS, type Risk } from '../model/action.ts';
import type { HostPlan, PlannedStep } from '../model/plan.ts';

/** Pure: a host with a step beyond the highest risk that is allowed is left alone as a whole: half a fix may be worse than none. */
export function limitRisk(plan: HostPlan, most: Risk): HostPlan {
  const risky = tooRisky(plan, most);
  if (risky.length === 0) return plan;
  const what = risky.map(({ id, risk }) => `${id} (${risk})`).join(', ');
  return {
    ...plan,
    outcome: 'refused',
    reason: `beyond --max-risk ${most}: ${what}; found: ${plan.reason}`,
    hint: `To allow it: --max-risk ${highest(risky)}`,
    steps: [],
  };
}

/** Pure: the steps that may be sent and are beyond it. */
export function tooRisky({ steps }: HostPlan, most: Risk): readonly PlannedStep[] {
  return steps.filter((step) => maySend(step) && isBeyond(step.risk, most));
}

/** What is not known yet may be sent. */
const maySend = ({ command }: PlannedStep): boolean => command.kind === 'exact' || command.kind === 'unknown-until';

function highest(steps: readonly PlannedStep[]): Risk {
  return RISKS.findLast((risk) => steps.some((step) => step.risk === risk)) ?? 'none';
}
