import { count } from '../util/count.ts';
import type { HostPlan, Plan } from '../model/plan.ts';
import type { SurveyedHost } from '../model/survey.ts';

/**
 * Pure: the plans, where hosts of the group that may not be acted on end `not-started`. Repairs begin only when enough hosts of it
 * are healthy now, so that nothing in this run can make up for too few.
 */
export function keepHealthy(
  keep: Plan['keep'],
  hosts: readonly SurveyedHost[],
  plans: readonly HostPlan[],
): readonly HostPlan[] {
  if (keep === undefined) return plans;
  const members = new Set(
    hosts
      .map(({ host }) => host.host)
      .filter(isIn(keep.group))
      .map(({ name }) => name),
  );
  const healthy = plans.filter(({ host, outcome }) => outcome === 'healthy' && members.has(host)).length;
  if (healthy >= keep.healthy) return plans;
  const reason = `keep wants ${count(keep.healthy, 'other host')} of ${keep.group} healthy, and of ${members.size} that were looked at ${healthy} ${healthy === 1 ? 'is' : 'are'}`;
  const hint = `Hosts that are left out are not known to be healthy: choose all of ${keep.group}. If all of it is down, repair one host by hand, or change keep in the runbook.`;
  return plans.map((plan) =>
    plan.outcome === 'needs-fix' && members.has(plan.host)
      ? { ...plan, outcome: 'not-started', reason, hint, steps: [] }
      : plan,
  );
}

const isIn =
  (group: string) =>
  ({ groups }: { readonly groups: readonly string[] }): boolean =>
    groups.includes(group);
