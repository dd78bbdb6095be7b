import type { HostPlan } from '../../model/plan.ts';
import { endOf } from '../approval.ts';
import type { HostEnd } from '../host-ends.ts';
import type { HostRun } from '../host-run.ts';

/**
 * To be called right before a host is begun: rules of the site may have come into force since its plan was made. How it ends then;
 * undefined: it may be begun, and what its rules say of risk holds for it to its end.
 */
export function beginUnderRules(host: HostRun, planned: HostPlan): HostEnd | undefined {
  const { policy } = host.run;
  if (policy === undefined) return undefined;
  const reviewed = policy.review(planned);
  if (reviewed.outcome !== 'needs-fix') return endOf(reviewed);
  host.mostRisk = policy.mostRisk(host.name);
  return undefined;
}
