import type { BoundHost } from '../model/host.ts';
import type { HostPolicy, PolicyRule, SitePolicy, Trigger } from '../model/policy.ts';
import type { HostPlan } from '../model/plan.ts';
import type { Limits } from '../model/runbook.ts';
import { applyPolicy } from '../plan/apply-policy.ts';
import { capForks, capLimits, type CappedLimits } from '../plan/cap-limits.ts';
import { hostPolicy, rulesOfRun, strictestRisk, type Circumstances } from '../plan/policy.ts';

/** The rules of the site, and the inventory that tells whom they are about. */
export interface PolicyRules extends Pick<Circumstances, 'hostsOf'> {
  readonly rules: readonly PolicyRule[];
}

export const NO_RULES: PolicyRules = { rules: [], hostsOf: () => new Set() };

interface RuledRun {
  readonly runbook: string;
  readonly trigger: Trigger;
  /** Those that were selected. */
  readonly hosts: readonly BoundHost[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What the rules say of a run and of each of its hosts. */
export interface RunPolicy extends SitePolicy {
  limits(own: Limits): CappedLimits;
  /** Hosts at once. */
  forks(own: number): number;
}

/** What is changed on a delegate is changed there: its rules hold for the host for which it is done. */
export function runPolicy({ rules, hostsOf }: PolicyRules, { runbook, trigger, hosts, now }: RuledRun): RunPolicy {
  const about = (): Circumstances => ({ runbook, trigger, hostsOf, now: now() });
  const names = hosts.map(({ host }) => host.name);
  const changedFor = new Map(hosts.map(({ host, delegates = [] }) => [host.name, changedOf(delegates)]));
  const policiesOf = (host: string): readonly (readonly [name: string, policy: HostPolicy])[] =>
    [host, ...(changedFor.get(host) ?? [])].map((name) => [name, hostPolicy(rules, name, about())] as const);
  const ofRun = (): readonly PolicyRule[] => rulesOfRun(rules, names, about());
  return {
    review: (planned) =>
      policiesOf(planned.host).reduce<HostPlan>((plan, [name, policy]) => {
        const reviewed = applyPolicy(plan, policy, { hostsOf });
        return reviewed === plan || name === planned.host ? reviewed : delegatedTo(name, reviewed);
      }, planned),
    mostRisk: (host) => strictestRisk(policiesOf(host).flatMap(([, { maxRisk }]) => maxRisk ?? [])),
    limits: (own) => capLimits(own, ofRun(), names.length),
    forks: (own) => capForks(own, ofRun()),
  };
}

const changedOf = (delegates: NonNullable<BoundHost['delegates']>): readonly string[] =>
  delegates.filter(({ changes }) => changes).map(({ name }) => name);

const delegatedTo = (name: string, plan: HostPlan): HostPlan => ({
  ...plan,
  reason: `steps are delegated to ${name}: ${plan.reason}`,
});
