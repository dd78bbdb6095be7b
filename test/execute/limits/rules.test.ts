import assert from 'node:assert/strict';
import type { PolicyRule, SitePolicy } from '../../../src/model/policy.ts';
import { DEFAULT_LIMITS, type Limits, type Runbook } from '../../../src/model/runbook.ts';
import { downRunbook, SICK } from '../../support/down-runbook.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { ResumeRig } from '../../support/resume-rig.ts';
import { rule } from '../../support/rules.ts';
import { ANSWER, RunRig, YES } from '../../support/run-rig.ts';
import { ScriptedHost } from '../../support/scripted-host.ts';

const HOUR_MS = 3_600_000;
const ONE_BY_ONE: Limits = { ...DEFAULT_LIMITS, batches: [{ kind: 'hosts', hosts: 1 }], runTimeoutMs: 24 * HOUR_MS };
/** The clock begins at midnight, UTC. */
const UNTIL_ONE = { time: { from: 0, to: 60, timezone: 'UTC' } };

function fleet(names: string, rules: readonly PolicyRule[], parts: Partial<Runbook> = {}) {
  const clock = new FakeClock();
  const hosts = Object.fromEntries(
    names.split(' ').map((name) => [name, new ScriptedHost(clock, SICK, { machine_id: `machine-${name}` })]),
  );
  const rig = new RunRig({ clock, runbook: downRunbook(parts), hosts, rules });
  const changes = (name: string): readonly string[] => hosts[name]?.changes ?? assert.fail();
  return { clock, hosts, rig, journal: rig.journal, changes };
}

describe('rules of the site', () => {
  it('leave hosts alone that may not be repaired, and let the others be', async () => {
    const { rig, changes } = fleet('a b', [rule({ name: 'not a', when: { hosts: 'a' }, repair: false })]);
    const { counts, exitCode, hosts } = await rig.go();
    assert.deepEqual(counts, { refused: 1, repaired: 1 });
    assert.equal(exitCode, 16);
    assert.match(
      hosts['a']?.reason ?? '',
      /^the rule "not a" \(\/etc\/runbook\/config\.yaml:1\) forbids repairs; found: /,
    );
    assert.deepEqual(changes('a'), []);
  });

  it('say the same in a plan', async () => {
    const { hosts } = fleet('a', []);
    const rules = [rule({ repair: false })];
    const rig = new RunRig({ clock: new FakeClock(), runbook: downRunbook(), hosts, rules, mode: 'plan' });
    const { counts, exitCode } = await rig.go();
    assert.deepEqual([counts, exitCode], [{ refused: 1 }, 16]);
    const [finished] = rig.journal.of('host-finished');
    assert.equal(finished?.error?.code, 'refused');
    assert.match(finished.error.hint ?? '', /No option sets it aside/);
  });

  for (const approval of [YES, ANSWER]) {
    it(`are asked again right before a host is touched (${approval.how})`, async () => {
      const { rig, clock, changes, journal } = fleet('a b', [rule({ repair: false, unless: UNTIL_ONE })]);
      const { counts } = await rig.go(approval, () => clock.suspend(HOUR_MS));
      assert.deepEqual(counts, { refused: 2 });
      assert.deepEqual([changes('a'), changes('b')], [[], []]);
      assert.deepEqual(journal.of('attempt-begun'), []);
    });
  }

  it('let a host be finished that was begun in time, and no other one be begun', async () => {
    const { rig, clock, journal } = fleet('a b', [rule({ repair: false, unless: UNTIL_ONE })], { limits: ONE_BY_ONE });
    journal.onCommit = (event) => {
      if (event.type === 'step-intended' && event.host === 'a') clock.suspend(HOUR_MS);
    };
    const { hosts } = await rig.go();
    assert.deepEqual([hosts['a']?.outcome, hosts['b']?.outcome], ['repaired', 'refused']);
  });

  it('stop a run after fewer failures than its runbook allows, and say so', async () => {
    const rules = [
      rule({ name: 'one is enough', when: { hosts: 'c' }, caps: { maxFailures: { kind: 'hosts', hosts: 2 } } }),
    ];
    const limits: Limits = { ...ONE_BY_ONE, maxFailures: { kind: 'hosts', hosts: 3 }, brakePercent: 100 };
    const { rig, hosts, journal } = fleet('a b c d', rules, { limits });
    for (const name of ['b', 'c']) {
      const host = hosts[name] ?? assert.fail();
      host.fault = (text) => (text === 'set unit up' ? { end: { how: 'exit', code: 1 } } : undefined);
    }
    const { counts } = await rig.go();
    assert.deepEqual(counts, { repaired: 1, 'rolled-back': 2, 'not-started': 1 });
    assert.match(
      journal.of('limit-reached')[0]?.reason ?? '',
      /^2 hosts failed \(b, c\), and max_failures is 2, as the rule "one is enough" \(\S+\) says$/,
    );
  });

  it('brake before the runbook would, and tell a person that no option helps', async () => {
    const rules = [rule({ name: 'shared', caps: { brakePercent: 50 } })];
    const { rig, journal } = fleet('a b c', rules, { limits: { ...DEFAULT_LIMITS, brakePercent: 100 } });
    assert.deepEqual((await rig.go()).counts, { 'not-started': 3 });
    const [reached] = journal.of('limit-reached');
    assert.match(reached?.reason ?? '', /more than the brake of 50% lets pass, as the rule "shared" \(\S+\) says$/);
    assert.doesNotMatch(reached?.hint ?? '', /--brake/);
  });

  it('keep a resumed run from beginning hosts, and let it finish those that it has begun', async () => {
    const clock = new FakeClock();
    const hosts = pair(clock);
    let isForbidden = false;
    const policy: SitePolicy = {
      review: (planned) =>
        isForbidden && planned.outcome === 'needs-fix'
          ? { ...planned, outcome: 'refused', reason: 'by a rule', hint: 'wait', steps: [] }
          : planned,
      mostRisk: () => undefined,
    };
    const rig = new ResumeRig({ clock, hosts, runbook: downRunbook({ limits: ONE_BY_ONE }), policy });
    assert.equal(await rig.run({ after: await seqOfFirstChange(), told: true }), undefined);
    isForbidden = true;
    const ended = await rig.resume();
    assert.deepEqual([ended?.hosts['a']?.outcome, ended?.hosts['b']?.outcome], ['repaired', 'refused']);
    assert.equal(ended?.hosts['b']?.reason, 'by a rule');
    assert.deepEqual(hosts['b']?.changes, []);
  });
});

const pair = (clock: FakeClock): Readonly<Record<string, ScriptedHost>> =>
  Object.fromEntries(
    ['a', 'b'].map((name) => [name, new ScriptedHost(clock, SICK, { boot_id: name, machine_id: name })]),
  );

async function seqOfFirstChange(): Promise<number> {
  const clock = new FakeClock();
  const rig = new ResumeRig({ clock, hosts: pair(clock), runbook: downRunbook({ limits: ONE_BY_ONE }) });
  await rig.run();
  return rig.events.find(({ type }) => type === 'step-intended')?.seq ?? assert.fail();
}
