import type { Attempt } from '../model/attempt.ts';
import { tooSoon } from '../model/cooldown.ts';
import { twinsOf } from '../model/machine.ts';
import type { HostPlan } from '../model/plan.ts';
import type { Runbook } from '../model/runbook.ts';
import type { SurveyedHost } from '../model/survey.ts';
import { servedFindings } from '../model/verdict.ts';

/**
 * Pure: the plans, where hosts that were treated too lately or too often are `refused`: as a whole, for any of their findings,
 * since a fix in part may leave a host worse than none. `now` in milliseconds since 1970.
 */
export function refuseCooling(
  runbook: Runbook,
  hosts: readonly SurveyedHost[],
  plans: readonly HostPlan[],
  attempts: readonly Attempt[],
  now: number,
): readonly HostPlan[] {
  const machines = new Map(hosts.map((host) => [host.host.host.name, machineIn(host)]));
  const named = [...machines].map(([name, machine]) => ({ name, machine }));
  return plans.map((plan) => {
    const { host, outcome } = plan;
    const machine = machines.get(host);
    if (outcome !== 'needs-fix' || machine === undefined) return plan;
    const findings = servedFindings(runbook, plan.findings).map(({ name }) => name);
    const twins = twinsOf({ name: host, machine }, named);
    const why = tooSoon(runbook.limits, attempts, { host, machine, findings, twins }, now);
    return why === undefined ? plan : { ...plan, outcome: 'refused', steps: [], ...why };
  });
}

function machineIn(host: SurveyedHost): string | undefined {
  return host.state === 'surveyed' ? host.machine : undefined;
}
