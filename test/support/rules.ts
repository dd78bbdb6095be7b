import type { PolicyRule } from '../../src/model/policy.ts';

const START = { line: 1, column: 1, offset: 0 };

/** A rule that does nothing, but for what is given. */
export function rule(parts: Partial<PolicyRule> = {}): PolicyRule {
  const at = { file: '/etc/runbook/config.yaml', start: START, end: START };
  return { name: 'a rule', when: {}, repair: true, caps: {}, at, ...parts };
}
