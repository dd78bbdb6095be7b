import assert from 'node:assert/strict';
import type { Attempt } from '../../../src/model/attempt.ts';
import { machineOf } from '../../../src/model/machine.ts';
import type { Limits } from '../../../src/model/runbook.ts';
import { downRunbook, SICK } from '../../support/down-runbook.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RunRig, YES } from '../../support/run-rig.ts';
import { FACTS, ScriptedHost } from '../../support/scripted-host.ts';

const UP = { unit: 'up', disk: 'ok' };
const CANARY: Partial<Limits> = {
  batches: [
    { kind: 'hosts', hosts: 1 },
    { kind: 'percent', percent: 40 },
    { kind: 'percent', percent: 100 },
  ],
  maxFailures: { kind: 'hosts', hosts: 1 },
};

interface RigParts {
  readonly attempts?: Attempt[];
  readonly groups?: readonly string[];
  readonly mode?: 'run' | 'plan';
  readonly forks?: number;
}

/** Hosts by name, sick unless said otherwise, and a run of the runbook on them with these limits. */
function fleet(names: string, limits: Partial<Limits>, parts: RigParts = {}) {
  const clock = new FakeClock();
  const hosts = Object.fromEntries(
    names.split(' ').map((name) => [name, new ScriptedHost(clock, SICK, { machine_id: `machine-${name}` })]),
  );
  const base = downRunbook();
  const runbook = { ...base, limits: { ...base.limits, ...limits } };
  const rig = new RunRig({ clock, runbook, hosts, ...parts });
  const at = (name: string): ScriptedHost => {
    const host = hosts[name];
    assert.ok(host !== undefined);
    return host;
  };
  return { clock, rig, journal: rig.journal, at };
}

const breakFix = (host: ScriptedHost): void => {
  host.fault = (text) => (text === 'set unit up' ? { end: { how: 'exit', code: 1 } } : undefined);
};

function tried(host: string, parts: Partial<Attempt> = {}): Attempt {
  return {
    runId: '01kx3f9a2b7c',
    runbook: 'test',
    host,
    machine: machineOf({ ...FACTS, machine_id: `machine-${host}` }, undefined, host),
    findings: ['down'],
    begunAt: '2025-12-31T23:50:00Z',
    end: { at: '2025-12-31T23:56:00Z', outcome: 'repaired' },
    ...parts,
  };
}

describe('batches', () => {
  it('begin with the canary alone, and each waits for the whole of the one before', async () => {
    const { rig, journal } = fleet('a b c d e', CANARY);
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { repaired: 5 });
    const batches = journal.of('batch-started').map(({ batch, batches: of, hosts }) => [batch, of, hosts.join(' ')]);
    assert.deepEqual(batches, [
      [1, 3, 'a'],
      [2, 3, 'b c'],
      [3, 3, 'd e'],
    ]);
    const order = journal.events.flatMap((event) => {
      if (event.type === 'batch-started') return [`batch ${event.batch}`];
      return event.type === 'host-finished' ? [event.host] : [];
    });
    assert.deepEqual(order, ['batch 1', 'a', 'batch 2', 'b', 'c', 'batch 3', 'd', 'e']);
  });

  it('take another canary when the first one needed no change', async () => {
    const { rig, journal, at } = fleet('a b c d e', CANARY);
    await rig.go(YES, () => at('a').values.set('unit', 'up'));
    const batches = journal.of('batch-started').map(({ hosts }) => hosts.join(' '));
    assert.deepEqual(batches, ['a', 'b', 'c', 'd e']);
  });
});

describe('max_failures', () => {
  it('stops after the canary that failed: nothing was sent to the others', async () => {
    const { rig, journal, at } = fleet('a b c', CANARY);
    breakFix(at('a'));
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { 'rolled-back': 1, 'not-started': 2 });
    assert.equal(finished.exitCode, 2 | 8);
    assert.equal(finished.hosts['c']?.reason, '1 host failed (a), and max_failures is 1');
    assert.deepEqual([at('b').changes, at('c').changes], [[], []]);
    const [reached] = journal.of('limit-reached');
    assert.equal(reached?.limit, 'max_failures');
    assert.match(reached.hint ?? '', /look at a/);
  });

  it('is not reached when there is no other host to start', async () => {
    const { rig, journal, at } = fleet('a', CANARY);
    breakFix(at('a'));
    const finished = await rig.go();
    assert.equal(finished.exitCode, 2);
    assert.deepEqual(journal.of('limit-reached'), []);
  });

  it('lets what is at work finish', async () => {
    const { rig, at } = fleet('a b c', { maxFailures: { kind: 'hosts', hosts: 1 } }, { forks: 2 });
    breakFix(at('a'));
    at('b').latencyMs = 1000;
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { 'rolled-back': 1, repaired: 1, 'not-started': 1 });
  });
});

describe('the brake', () => {
  it('changes nothing when too many hosts have the same finding, whatever was approved', async () => {
    const { rig, journal, at } = fleet('a b c d', { brakePercent: 40 });
    at('d').values.set('unit', 'up');
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { healthy: 1, 'not-started': 3 });
    assert.equal(finished.exitCode, 8);
    assert.deepEqual(journal.of('lock-taken'), []);
    const [reached] = journal.of('limit-reached');
    assert.equal(reached?.limit, 'brake');
    assert.match(reached.reason, /^3 of 4 hosts have the same finding, down/);
    assert.match(reached.hint ?? '', /--brake 75%/);
  });

  it('shows in a plan what is wrong and that it is stopped', async () => {
    const { rig } = fleet('a b c', { brakePercent: 40 }, { mode: 'plan' });
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { 'needs-fix': 3 });
    assert.equal(finished.exitCode, 2 | 8);
  });
});

describe('max_unreachable', () => {
  const AT_MOST_THREE: Partial<Limits> = { maxUnreachable: { kind: 'percent', percent: 25 } };

  it('changes nothing when more hosts cannot be reached, and asks about the network', async () => {
    const { rig, journal, at } = fleet('a b c d e', AT_MOST_THREE);
    for (const name of ['a', 'b', 'c', 'd']) at(name).connectError = { code: 'connection-timeout', message: 'no' };
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { unreachable: 4, 'not-started': 1 });
    assert.equal(finished.exitCode, 4 | 8);
    assert.match(journal.of('limit-reached')[0]?.hint ?? '', /network of this machine/);
    assert.deepEqual(at('e').changes, []);
  });

  it('goes on with the others when it is not exceeded', async () => {
    const { rig, at } = fleet('a b c d', AT_MOST_THREE);
    for (const name of ['a', 'b', 'c']) at(name).connectError = { code: 'connection-timeout', message: 'no' };
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { unreachable: 3, repaired: 1 });
    assert.equal(finished.exitCode, 4);
  });

  it('counts hosts that are lost when they are locked, too', async () => {
    const { rig, at } = fleet('a b c', { maxUnreachable: { kind: 'hosts', hosts: 1 } });
    for (const name of ['a', 'b']) rig.lockErrors.set(name, { code: 'connection-lost', message: 'gone' });
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { unreachable: 2, 'not-started': 1 });
    assert.equal(finished.exitCode, 4 | 8);
    assert.deepEqual(at('c').changes, []);
  });
});

describe('keep', () => {
  const keep = { group: 'web', healthy: 1 };

  it('leaves a host alone when no other of its group is healthy', async () => {
    const { rig, journal } = fleet('a b', { keep }, { groups: ['web'] });
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { 'not-started': 2 });
    assert.equal(finished.exitCode, 8);
    const [first] = journal.of('host-finished');
    assert.match(first?.reason ?? '', /^keep wants 1 other host of web healthy/);
    assert.match(first?.error?.hint ?? '', /choose all of web/);
  });

  it('repairs when enough others are, and outside its group in any case', async () => {
    const inGroup = fleet('a b c', { keep }, { groups: ['web'] });
    for (const [key, value] of Object.entries(UP)) inGroup.at('c').values.set(key, value);
    assert.deepEqual((await inGroup.rig.go()).counts, { repaired: 2, healthy: 1 });
    assert.deepEqual((await fleet('a b', { keep }).rig.go()).counts, { repaired: 2 });
  });
});

describe('run_timeout', () => {
  it('starts no host after it, and finishes the one at work', async () => {
    const { rig, journal, at } = fleet('a b', { ...CANARY, runTimeoutMs: 60_000 });
    at('a').latencyMs = 7000;
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { repaired: 1, 'not-started': 1 });
    assert.equal(finished.exitCode, 8);
    assert.equal(journal.of('limit-reached')[0]?.limit, 'run_timeout');
  });

  it('does not count the time that a person took to answer', async () => {
    const { rig, clock } = fleet('a b', { ...CANARY, runTimeoutMs: 60_000 });
    const finished = await rig.go(YES, () => clock.sleep(3_600_000));
    assert.deepEqual(finished.counts, { repaired: 2 });
  });

  it('counts the time in which this machine was suspended', async () => {
    const { rig, journal, clock } = fleet('a b', { ...CANARY, runTimeoutMs: 60_000 });
    journal.onCommit = (event) => {
      if (event.type === 'proof-round') clock.suspend(3_600_000);
    };
    assert.equal((await rig.go()).hosts['b']?.outcome, 'not-started');
  });
});

describe('cooldown and attempts', () => {
  const cooldown: Partial<Limits> = { cooldownMs: 15 * 60_000, attempts: { max: 3, perMs: 86_400_000 } };

  it('refuse a host that was repaired just now, say when it is over, and how to go on', async () => {
    const { rig, journal, at } = fleet('a b', cooldown, { attempts: [tried('a')] });
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { refused: 1, repaired: 1 });
    assert.equal(finished.exitCode, 16);
    assert.equal(
      finished.hosts['a']?.reason,
      'repaired 4m ago (run 01kx3f9a2b7c): its cooldown of 15m is over at 00:11 UTC',
    );
    assert.match(journal.of('host-finished')[0]?.error?.hint ?? '', /--ignore-cooldown REASON/);
    assert.deepEqual(at('a').changes, []);
  });

  it('refuse a host that another run repaired between the plan and the lock', async () => {
    const attempts: Attempt[] = [];
    const { rig, at } = fleet('a b', cooldown, { attempts });
    const finished = await rig.go(YES, () => attempts.push(tried('a')));
    assert.deepEqual(finished.counts, { refused: 1, repaired: 1 });
    assert.deepEqual(at('a').changes, []);
  });

  it('count from an intent that is in the record before the first change, once for a host', async () => {
    const { rig, journal } = fleet('a b', {});
    await rig.go();
    for (const name of ['a', 'b']) {
      const own = journal.events.filter((event) => 'host' in event && event.host === name);
      const order = own.map(({ type }) => type).filter((type) => type === 'attempt-begun' || type === 'step-intended');
      assert.deepEqual(order, ['attempt-begun', 'step-intended', 'step-intended']);
    }
    const [begun] = journal.of('attempt-begun');
    assert.deepEqual(begun?.findings, ['down']);
    assert.equal(begun.machine, machineOf({ ...FACTS, machine_id: 'machine-a' }, undefined, 'a'));
  });

  it('do not count a host that was well before the first change', async () => {
    const { rig, journal, at } = fleet('a', {});
    await rig.go(YES, () => at('a').values.set('unit', 'up'));
    assert.deepEqual(journal.of('attempt-begun'), []);
  });

  it('leave the work of an interrupted run to the next one: its attempt has no end', async () => {
    const { rig, journal } = fleet('a b', CANARY);
    journal.onCommit = (event) => {
      if (event.type === 'proof-round') rig.stop.abort('SIGINT');
    };
    const finished = await rig.go();
    assert.equal(finished.exitCode, 130);
    assert.deepEqual(journal.of('limit-reached'), []);
    const ends = journal.of('host-finished').map(({ host, outcome, interrupted }) => [host, outcome, interrupted]);
    assert.deepEqual(ends, [
      ['a', 'not-repaired', true],
      ['b', 'not-started', undefined],
    ]);
  });
});
