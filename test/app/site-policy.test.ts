import assert from 'node:assert/strict';
import { runPolicy } from '../../src/app/site-policy.ts';
import type { HostPlan } from '../../src/model/plan.ts';
import type { PolicyRule } from '../../src/model/policy.ts';
import { rule } from '../support/rules.ts';
import { boundHost } from '../support/scripted-host.ts';

const PLAN: HostPlan = { host: 'web01', outcome: 'needs-fix', reason: 'it is down', findings: [], steps: [] };
const DATABASES = { hosts: 'db' };

function policy(rules: readonly PolicyRule[], changes: boolean) {
  const hosts = [{ ...boundHost('web01'), delegates: [{ name: 'db01', changes }] }];
  const hostsOf = () => new Set(['db01']);
  return runPolicy({ rules, hostsOf }, { runbook: 'r', trigger: 'person', hosts, now: () => 0 });
}

describe('the rules of a run', () => {
  it('hold for hosts that steps which change are delegated to', () => {
    const rules = [rule({ when: DATABASES, repair: false }), rule({ when: DATABASES, maxRisk: 'reload' })];
    const { outcome, reason } = policy(rules, true).review(PLAN);
    assert.equal(outcome, 'refused');
    assert.match(reason, /^steps are delegated to db01: the rule "a rule" \(\S+\) forbids repairs; found: it is down$/);
    assert.equal(policy(rules, true).mostRisk('web01')?.risk, 'reload');
  });

  it('do not hold for those that are only read', () => {
    const rules = [rule({ when: DATABASES, repair: false, maxRisk: 'reload' })];
    assert.equal(policy(rules, false).review(PLAN), PLAN);
    assert.equal(policy(rules, false).mostRisk('web01'), undefined);
  });

  it('cap only the runs that have selected such a host', () => {
    const rules = [rule({ when: DATABASES, caps: { forks: 1 } }), rule({ caps: { forks: 3 } })];
    assert.equal(policy(rules, true).forks(50), 3);
  });
});
