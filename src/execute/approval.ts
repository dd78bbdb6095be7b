import type { Approved } from '../model/event.ts';
import type { HostPlan, Plan } from '../model/plan.ts';
import { planOf } from './approved-plan.ts';
import type { HostEnd } from './host-ends.ts';
import { INTERRUPTED } from './interrupt.ts';
import type { RunContext } from './run-context.ts';

/** Leave to change hosts. `answer`: a person saw the plan. `plan`: it was made before. Only that plan may be carried out then. */
export interface Approval {
  readonly by: string;
  readonly how: Approved['how'];
  /** Only these; absent: all that the plan would act on. */
  readonly hosts?: readonly string[];
}

/** No leave, and why. */
export interface Refusal {
  readonly refused: string;
}

const DECLINED = 'the plan was not approved';
const NOT_YET = 'not approved yet: run again for the rest';

/** Pure: how a host ends that is not acted on; undefined: it is to be acted on. `answer`: none is no. */
export function endUntouched(
  { stop, approved }: Pick<RunContext, 'stop' | 'approved'>,
  plan: Plan,
  planned: HostPlan,
  answer: Approval | Refusal | undefined,
): HostEnd | undefined {
  const { host, outcome } = planned;
  if (outcome !== 'needs-fix') return endOf(planned);
  if (stop.aborted) return { outcome: 'not-started', reason: INTERRUPTED };
  if (plan.stop !== undefined) return { outcome: 'not-started', reason: plan.stop.reason };
  if (answer !== undefined && 'refused' in answer) return { outcome: 'refused', reason: answer.refused };
  const unplanned = approved === undefined ? undefined : whyNotPlanned(approved, host);
  if (answer === undefined || unplanned !== undefined) return { outcome: 'refused', reason: unplanned ?? DECLINED };
  return answer.hosts?.includes(host) === false ? { outcome: 'refused', reason: NOT_YET } : undefined;
}

/** Pure: how a host ends when only the plan was wanted. */
export function endOf({ outcome, reason, hint }: HostPlan): HostEnd {
  const isHeldBack = hint !== undefined && (outcome === 'refused' || outcome === 'not-started');
  return { outcome, reason, ...(isHeldBack && { error: { code: 'refused', message: reason, hint } }) };
}

/** Why a host that needs a fix is left alone: the approved plan does not say to change it. */
function whyNotPlanned(approved: Plan, host: string): string | undefined {
  const { outcome, reason } = planOf(approved, host);
  return outcome === 'needs-fix' ? undefined : `the plan changes nothing here; it said ${outcome}: ${reason}`;
}
