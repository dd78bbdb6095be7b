import type { Plan } from '../model/plan.ts';
import type { Caps, PolicyRule } from '../model/policy.ts';
import type { Limits } from '../model/runbook.ts';
import { ruleText } from './apply-policy.ts';
import { roundedDown } from './share.ts';
import { LEAST_UNREACHABLE } from './unreachable-hosts.ts';

export interface CappedLimits {
  readonly limits: Limits;
  /** Which rule, in words, for each limit that one tightened. */
  readonly by: NonNullable<Plan['cappedBy']>;
}

/** Pure: the limits of a run of so many hosts, the strictest of its own and of the rules that hold for it. */
export function capLimits(own: Limits, rules: readonly PolicyRule[], hosts: number): CappedLimits {
  const failures = least(rules, roundedDown(own.maxFailures, hosts, 1), ({ maxFailures }) =>
    maxFailures === undefined ? undefined : roundedDown(maxFailures, hosts, 1),
  );
  const unreachable = least(rules, roundedDown(own.maxUnreachable, hosts, LEAST_UNREACHABLE), ({ maxUnreachable }) =>
    maxUnreachable === undefined ? undefined : roundedDown(maxUnreachable, hosts, LEAST_UNREACHABLE),
  );
  const brake = least(rules, own.brakePercent, ({ brakePercent }) => brakePercent);
  return {
    limits: {
      ...own,
      ...(failures.rule !== undefined && { maxFailures: { kind: 'hosts', hosts: failures.value } }),
      ...(unreachable.rule !== undefined && { maxUnreachable: { kind: 'hosts', hosts: unreachable.value } }),
      brakePercent: brake.value,
    },
    by: {
      ...(failures.rule !== undefined && { max_failures: ruleText(failures.rule) }),
      ...(unreachable.rule !== undefined && { max_unreachable: ruleText(unreachable.rule) }),
      ...(brake.rule !== undefined && { brake: ruleText(brake.rule) }),
    },
  };
}

/** Pure: hosts at once. */
export function capForks(own: number, rules: readonly PolicyRule[]): number {
  return least(rules, own, ({ forks }) => forks).value;
}

interface Least {
  readonly value: number;
  /** Absent: no rule is stricter. */
  readonly rule?: PolicyRule;
}

function least(rules: readonly PolicyRule[], own: number, capOf: (caps: Caps) => number | undefined): Least {
  return rules.reduce<Least>(
    (found, rule) => {
      const cap = capOf(rule.caps);
      return cap === undefined || cap >= found.value ? found : { value: cap, rule };
    },
    { value: own },
  );
}
