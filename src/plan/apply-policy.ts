import type { HostPlan } from '../model/plan.ts';
import type { HostPolicy, PolicyRule } from '../model/policy.ts';
import { tooRisky } from './limit-risk.ts';
import type { Circumstances } from './policy.ts';
import { windowText } from './time-window.ts';

/** Pure: the plan of a host, or why a rule of the site keeps it from being carried out. */
export function applyPolicy(
  plan: HostPlan,
  { repair, maxRisk }: HostPolicy,
  { hostsOf }: Pick<Circumstances, 'hostsOf'>,
): HostPlan {
  if (plan.outcome !== 'needs-fix') return plan;
  if (!repair.allowed) {
    const { rule } = repair;
    const found = plan.reason === '' ? '' : `; found: ${plan.reason}`;
    return refused(plan, `${ruleText(rule)} forbids repairs${found}`, howItIsLifted(rule, hostsOf));
  }
  if (maxRisk === undefined) return plan;
  const risky = tooRisky(plan, maxRisk.risk);
  if (risky.length === 0) return plan;
  const what = risky.map(({ id, risk }) => `${id} (${risk})`).join(', ');
  const { rule } = maxRisk;
  const reason = `beyond max_risk ${maxRisk.risk} of ${ruleText(rule)}: ${what}; found: ${plan.reason}`;
  return refused(plan, reason, howItIsLifted(rule, hostsOf));
}

/** `the rule "only at night" (/etc/runbook/config.yaml:12)`. */
export const ruleText = ({ name, at: { file, start } }: PolicyRule): string =>
  `the rule ${JSON.stringify(name)} (${file}:${start.line})`;

const refused = (plan: HostPlan, reason: string, hint: string): HostPlan => ({
  ...plan,
  outcome: 'refused',
  reason,
  hint,
  steps: [],
});

function howItIsLifted({ when, unless }: PolicyRule, hostsOf: Circumstances['hostsOf']): string {
  const unknown = [when.hosts, unless?.hosts].find(
    (pattern) => pattern !== undefined && hostsOf(pattern) === undefined,
  );
  if (unknown !== undefined) {
    return `The inventory does not know ${unknown}, so the rule holds for every host: choose the inventory that does, or correct the rule.`;
  }
  if (unless?.time !== undefined) return `The rule lets it be ${windowText(unless.time)}. No option sets it aside.`;
  if (when.time !== undefined) return `The rule holds ${windowText(when.time)}. No option sets it aside.`;
  return 'No option sets it aside: who may write that file may.';
}
