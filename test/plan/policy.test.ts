import assert from 'node:assert/strict';
import type { Risk } from '../../src/model/action.ts';
import type { HostPlan } from '../../src/model/plan.ts';
import type { Condition, PolicyRule } from '../../src/model/policy.ts';
import { applyPolicy } from '../../src/plan/apply-policy.ts';
import { hostPolicy, ruleHolds, rulesOfRun, type Circumstances } from '../../src/plan/policy.ts';
import { rule } from '../support/rules.ts';

const NOON = Date.parse('2026-03-02T12:00Z');
const GROUPS: Readonly<Record<string, readonly string[]>> = { databases: ['db01', 'db02'], none: [] };
const ABOUT: Circumstances = {
  trigger: 'schedule',
  runbook: 'disk-full',
  now: NOON,
  hostsOf: (pattern) => (GROUPS[pattern] === undefined ? undefined : new Set(GROUPS[pattern])),
};
const MORNING = { from: 0, to: 11 * 60, timezone: 'UTC' };
const DAY = { from: 8 * 60, to: 18 * 60, timezone: 'UTC' };

const holds = (parts: Partial<PolicyRule>, host = 'db01'): boolean => ruleHolds(rule(parts), host, ABOUT);

describe('a rule of the site', () => {
  const conditions: readonly (readonly [what: string, condition: Condition, isSo: boolean])[] = [
    ['nothing', {}, true],
    ['its trigger', { triggers: ['person', 'schedule'] }, true],
    ['another trigger', { triggers: ['person'] }, false],
    ['its host', { hosts: 'databases' }, true],
    ['a group without it', { hosts: 'none' }, false],
    ['its runbook', { runbooks: ['log-full', 'disk-full'] }, true],
    ['a glob of its runbook', { runbooks: ['disk-*'] }, true],
    ['another runbook', { runbooks: ['disk', '*-f'] }, false],
    ['its time', { time: DAY }, true],
    ['another time', { time: MORNING }, false],
    ['all of these', { triggers: ['schedule'], hosts: 'databases', runbooks: ['*'], time: DAY }, true],
    ['all but one of these', { triggers: ['schedule'], hosts: 'databases', runbooks: ['*'], time: MORNING }, false],
  ];
  for (const [what, condition, isSo] of conditions) {
    it(`${isSo ? 'holds' : 'does not hold'} when it names ${what}`, () => {
      assert.equal(holds({ when: condition }), isSo);
    });
    it(`is ${isSo ? 'lifted' : 'not lifted'} by ${what}`, () => {
      assert.equal(holds({ unless: condition }), !isSo);
    });
  }

  it('holds for every host, and is lifted for none, where the inventory does not know whom it names', () => {
    assert.equal(holds({ when: { hosts: 'data-bases' } }, 'web01'), true);
    assert.equal(holds({ unless: { hosts: 'data-bases' } }, 'db01'), true);
    assert.equal(holds({ when: { hosts: 'data-bases', time: MORNING } }, 'web01'), false);
  });

  it('holds with its caps for a run that has one such host', () => {
    const databases = rule({ name: 'db', when: { hosts: 'databases' } });
    const names = (...hosts: readonly string[]) => rulesOfRun([databases], hosts, ABOUT).map(({ name }) => name);
    assert.deepEqual(names('web01', 'db02'), ['db']);
    assert.deepEqual(names('web01'), []);
  });

  it('is only one of several: the strictest holds, and the first of those that are alike', () => {
    const rules = [
      rule({ name: 'one', maxRisk: 'restart' }),
      rule({ name: 'two', maxRisk: 'none', when: { hosts: 'none' } }),
      rule({ name: 'three', maxRisk: 'reload' }),
      rule({ name: 'four', maxRisk: 'reload' }),
      rule({ name: 'five', repair: false }),
      rule({ name: 'six', repair: false }),
    ];
    const { repair, maxRisk } = hostPolicy(rules, 'db01', ABOUT);
    assert.deepEqual([maxRisk?.risk, maxRisk?.rule.name], ['reload', 'three']);
    assert.equal(!repair.allowed && repair.rule.name, 'five');
    assert.deepEqual(hostPolicy([], 'db01', ABOUT), { repair: { allowed: true } });
  });
});

describe('what a rule says of a plan', () => {
  const step = (risk: Risk): HostPlan['steps'][number] => ({
    ...{ id: 'start', name: 'start', action: 'service', risk, undo: '' },
    command: { kind: 'exact', items: [], sha256: '' },
  });
  const plan = (...steps: HostPlan['steps']): HostPlan => ({
    ...{ host: 'db01', outcome: 'needs-fix', reason: 'it is down', findings: [] },
    steps,
  });
  const reviewed = (parts: Partial<PolicyRule>, planned = plan(step('restart'))): HostPlan =>
    applyPolicy(planned, hostPolicy([rule({ name: 'only at night', ...parts })], 'db01', ABOUT), ABOUT);
  const RULE = 'the rule "only at night" (/etc/runbook/config.yaml:1)';

  it('is that the host is left alone where repairs are forbidden, by whom, and when they will not be', () => {
    const { outcome, reason, hint, steps } = reviewed({ repair: false, unless: { time: MORNING } });
    assert.deepEqual([outcome, steps], ['refused', []]);
    assert.equal(reason, `${RULE} forbids repairs; found: it is down`);
    assert.equal(hint, 'The rule lets it be from 00:00 to 11:00 (UTC). No option sets it aside.');
    assert.equal(
      reviewed({ repair: false, when: { time: DAY } }).hint,
      'The rule holds from 08:00 to 18:00 (UTC). No option sets it aside.',
    );
    assert.equal(reviewed({ repair: false }).hint, 'No option sets it aside: who may write that file may.');
  });

  it('is that it is left alone when a step is beyond the risk', () => {
    const { outcome, reason } = reviewed({ maxRisk: 'reload' });
    assert.equal(outcome, 'refused');
    assert.equal(reason, `beyond max_risk reload of ${RULE}: start (restart); found: it is down`);
    assert.equal(reviewed({ maxRisk: 'restart' }).outcome, 'needs-fix');
  });

  it('is how to let it know the hosts that it names', () => {
    const { hint } = reviewed({ repair: false, when: { hosts: 'data-bases' } });
    assert.match(hint ?? '', /^The inventory does not know data-bases, so the rule holds for every host/);
  });

  it('is nothing where nothing is to be repaired', () => {
    const healthy: HostPlan = { ...plan(), outcome: 'healthy' };
    assert.equal(reviewed({ repair: false }, healthy), healthy);
  });
});
