import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isBeyond, RISKS, type Risk } from '../../src/model/action.ts';
import type { HostPlan } from '../../src/model/plan.ts';
import { TRIGGERS, type Condition, type PolicyRule } from '../../src/model/policy.ts';
import { DEFAULT_LIMITS, type Limits, type Share } from '../../src/model/runbook.ts';
import { runPolicy } from '../../src/app/site-policy.ts';
import { limitRisk } from '../../src/plan/limit-risk.ts';
import { ruleHolds, type Circumstances } from '../../src/plan/policy.ts';
import { roundedDown } from '../../src/plan/share.ts';
import { LEAST_UNREACHABLE } from '../../src/plan/unreachable-hosts.ts';
import { rule } from '../support/rules.ts';
import { boundHost } from '../support/scripted-host.ts';

const HOSTS = ['web01', 'web02', 'db01', 'db02'];
const PATTERNS: Readonly<Record<string, readonly string[]>> = {
  web: ['web01', 'web02'],
  db: ['db01', 'db02'],
  one: ['db01'],
  nobody: [],
};
const hostsOf: Circumstances['hostsOf'] = (pattern) =>
  PATTERNS[pattern] === undefined ? undefined : new Set(PATTERNS[pattern]);

const risks = fc.constantFrom(...RISKS);
const shares: fc.Arbitrary<Share> = fc.oneof(
  fc.integer({ min: 1, max: 50 }).map((hosts) => ({ kind: 'hosts' as const, hosts })),
  fc.integer({ min: 1, max: 100 }).map((percent) => ({ kind: 'percent' as const, percent })),
);
const percents = fc.integer({ min: 1, max: 100 });
const minutes = fc.integer({ min: 0, max: 1439 });
const present = { requiredKeys: [] };
const conditions: fc.Arbitrary<Condition> = fc.record(
  {
    triggers: fc.uniqueArray(fc.constantFrom(...TRIGGERS), { minLength: 1 }),
    hosts: fc.constantFrom(...Object.keys(PATTERNS), 'misspelt'),
    runbooks: fc.constantFrom(['disk-*'], ['other'], ['*']),
    time: fc.record({ from: minutes, to: minutes, timezone: fc.constantFrom('UTC', 'Europe/Berlin') }),
  },
  present,
);
const rules: fc.Arbitrary<PolicyRule> = fc
  .record(
    {
      when: conditions,
      unless: conditions,
      repair: fc.boolean(),
      maxRisk: risks,
      caps: fc.record(
        {
          maxFailures: shares,
          maxUnreachable: shares,
          brakePercent: percents,
          forks: fc.integer({ min: 1, max: 500 }),
        },
        present,
      ),
    },
    { requiredKeys: ['caps', 'repair', 'when'] },
  )
  .map(rule);
const situations = fc.record({
  rules: fc.array(rules, { maxLength: 5 }),
  hosts: fc.uniqueArray(fc.constantFrom(...HOSTS), { minLength: 1 }),
  trigger: fc.constantFrom(...TRIGGERS),
  now: fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
  limits: fc
    .record({ maxFailures: shares, maxUnreachable: shares, brakePercent: percents })
    .map((own): Limits => ({ ...DEFAULT_LIMITS, ...own })),
  forks: fc.integer({ min: 1, max: 500 }),
  maxRisk: risks,
  stepRisk: risks,
});
type Situation = typeof situations extends fc.Arbitrary<infer T> ? T : never;

const policyOf = ({ hosts, trigger, now }: Situation, all: readonly PolicyRule[]) =>
  runPolicy(
    { rules: all, hostsOf },
    { runbook: 'disk-full', trigger, now: () => now, hosts: hosts.map((name) => boundHost(name)) },
  );

function repaired(situation: Situation, all: readonly PolicyRule[]): readonly string[] {
  const policy = policyOf(situation, all);
  return situation.hosts.filter((host) => {
    const planned = sick(host, situation.stepRisk);
    return limitRisk(policy.review(planned), situation.maxRisk).outcome === 'needs-fix';
  });
}

const sick = (host: string, risk: Risk): HostPlan => ({
  ...{ host, outcome: 'needs-fix', reason: 'it is down', findings: [] },
  steps: [
    {
      ...{ id: 'start', name: 'start', action: 'service', risk, undo: '' },
      command: { kind: 'exact', items: [], sha256: '' },
    },
  ],
});

const failuresOf = (share: Share, hosts: number): number => roundedDown(share, hosts, 1);
const unreachableOf = (share: Share, hosts: number): number => roundedDown(share, hosts, LEAST_UNREACHABLE);

describe('the rules of a site', () => {
  it('never leave a limit looser than the runbook, the command line or any rule that holds has it', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { hosts, limits: own, forks, trigger, now } = situation;
        const policy = policyOf(situation, situation.rules);
        const { limits, by } = policy.limits(own);
        const about = { runbook: 'disk-full', trigger, now, hostsOf };
        const holding = situation.rules.filter((each) => hosts.some((host) => ruleHolds(each, host, about)));
        const caps = holding.map((each) => each.caps);
        const failures = failuresOf(limits.maxFailures, hosts.length);
        const unreachable = unreachableOf(limits.maxUnreachable, hosts.length);
        for (const share of [own.maxFailures, ...caps.flatMap(({ maxFailures }) => maxFailures ?? [])])
          assert.ok(failures <= failuresOf(share, hosts.length));
        for (const share of [own.maxUnreachable, ...caps.flatMap(({ maxUnreachable }) => maxUnreachable ?? [])])
          assert.ok(unreachable <= unreachableOf(share, hosts.length));
        for (const percent of [own.brakePercent, ...caps.flatMap(({ brakePercent }) => brakePercent ?? [])])
          assert.ok(limits.brakePercent <= percent);
        for (const most of [forks, ...caps.flatMap((cap) => cap.forks ?? [])]) assert.ok(policy.forks(forks) <= most);
        if (by.brake === undefined) assert.equal(limits.brakePercent, own.brakePercent);
        if (by.max_failures === undefined) assert.equal(limits.maxFailures, own.maxFailures);
        assert.deepEqual(
          { ...limits, maxFailures: 0, maxUnreachable: 0, brakePercent: 0 },
          {
            ...own,
            maxFailures: 0,
            maxUnreachable: 0,
            brakePercent: 0,
          },
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('let no step be sent beyond the risk of the command line or of a rule that holds', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const { maxRisk, stepRisk, trigger, now } = situation;
        const about = { runbook: 'disk-full', trigger, now, hostsOf };
        const hosts = repaired(situation, situation.rules);
        for (const host of hosts) {
          assert.ok(!isBeyond(stepRisk, maxRisk));
          for (const each of situation.rules.filter((one) => ruleHolds(one, host, about))) {
            assert.ok(each.repair);
            assert.ok(each.maxRisk === undefined || !isBeyond(stepRisk, each.maxRisk));
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never let more hosts be repaired, or more be risked, for one rule more', () => {
    fc.assert(
      fc.property(situations, rules, fc.nat(), (situation, more, place) => {
        const all = situation.rules.toSpliced(place % (situation.rules.length + 1), 0, more);
        const before = new Set(repaired(situation, situation.rules));
        assert.ok(repaired(situation, all).every((host) => before.has(host)));
        const [without, with_] = [policyOf(situation, situation.rules), policyOf(situation, all)];
        const hosts = situation.hosts.length;
        const [was, is] = [without, with_].map((policy) => policy.limits(situation.limits).limits);
        assert.ok(was !== undefined && is !== undefined);
        assert.ok(failuresOf(is.maxFailures, hosts) <= failuresOf(was.maxFailures, hosts));
        assert.ok(unreachableOf(is.maxUnreachable, hosts) <= unreachableOf(was.maxUnreachable, hosts));
        assert.ok(is.brakePercent <= was.brakePercent);
        assert.ok(with_.forks(situation.forks) <= without.forks(situation.forks));
      }),
      { numRuns: 1000 },
    );
  });

  it('make a difference in a good part of these situations', () => {
    const samples = fc.sample(situations, { numRuns: 500, seed: 7 });
    const lost = samples.filter((each) => repaired(each, each.rules).length < repaired(each, []).length).length;
    const kept = samples.filter((each) => repaired(each, each.rules).length > 0).length;
    assert.ok(lost > 50 && kept > 50, `${lost} with hosts left alone, ${kept} with hosts repaired`);
  });
});
