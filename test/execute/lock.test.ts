import assert from 'node:assert/strict';
import { downRunbook, oneHost, SICK } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RunRig } from '../support/run-rig.ts';
import { OTHER_RUN, ScriptedHost } from '../support/scripted-host.ts';

describe('the locks', () => {
  it('are all taken before the first host is changed', async () => {
    const clock = new FakeClock();
    const hosts = { a: new ScriptedHost(clock, SICK), b: new ScriptedHost(clock, SICK) };
    const rig = new RunRig({ clock, runbook: downRunbook(), hosts, forks: 1 });
    await rig.go();
    const order = rig.journal.events.map(({ type }) => type);
    assert.ok(order.lastIndexOf('lock-taken') < order.indexOf('step-intended'));
  });

  it('refuse a host that somebody else has, and name them', async () => {
    const { host, rig, journal } = oneHost();
    host.lockHolder = OTHER_RUN;
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'refused');
    assert.match(finished.hosts['web01']?.reason ?? '', /run other of disk-full, started by bob@desk/);
    assert.equal(journal.of('host-finished')[0]?.error?.code, 'lock-held');
    assert.deepEqual(host.changes, []);
    assert.equal(finished.exitCode, 16);
  });

  it('refuse both names of one machine and nothing else, before anything is changed', async () => {
    const clock = new FakeClock();
    const machine = new ScriptedHost(clock, SICK, { boot_id: 'boot-a', machine_id: 'machine-a' });
    const other = new ScriptedHost(clock, SICK);
    const rig = new RunRig({ clock, runbook: downRunbook(), hosts: { name: machine, alias: machine, other } });
    const finished = await rig.go();
    assert.equal(finished.hosts['name']?.outcome, 'refused');
    assert.equal(finished.hosts['alias']?.outcome, 'refused');
    assert.equal(finished.hosts['other']?.outcome, 'repaired');
    assert.deepEqual(machine.changes, []);
    const errors = rig.journal.of('host-finished').map(({ host, error }) => [host, error?.code]);
    assert.deepEqual(errors.slice(0, 2), [
      ['name', 'same-machine'],
      ['alias', 'same-machine'],
    ]);
  });

  it('refuse two hosts that both gave a lock and have one incarnation', async () => {
    const clock = new FakeClock();
    const hosts = {
      a: new ScriptedHost(clock, SICK),
      b: new ScriptedHost(clock, SICK),
      c: new ScriptedHost(clock, SICK),
    };
    const rig = new RunRig({ clock, runbook: downRunbook(), hosts });
    const incarnations = { a: 'one', b: 'one', c: 'two' };
    for (const [name, incarnation] of Object.entries(incarnations)) rig.incarnations.set(name, incarnation);
    const finished = await rig.go();
    assert.deepEqual(finished.counts, { refused: 2, repaired: 1 });
    assert.equal(finished.hosts['a']?.reason, 'a and b are one machine');
    assert.deepEqual([hosts.a.changes, hosts.b.changes], [[], []]);
  });

  it('are free again when the host has ended', async () => {
    const clock = new FakeClock();
    const host = new ScriptedHost(clock, SICK);
    await new RunRig({ clock, runbook: downRunbook(), hosts: { web01: host } }).go();
    host.values.set('unit', 'down');
    const again = await new RunRig({ clock, runbook: downRunbook(), hosts: { web01: host } }).go();
    assert.equal(again.hosts['web01']?.outcome, 'repaired');
  });
});

function world(freeAfterMs: number, lockWaitMs?: number) {
  const clock = new FakeClock();
  const host = new ScriptedHost(clock, SICK);
  host.lockHolder = OTHER_RUN;
  const hosts = { web01: host };
  const rig = new RunRig({ clock, runbook: downRunbook(), hosts, ...(lockWaitMs !== undefined && { lockWaitMs }) });
  void clock.sleep(freeAfterMs).then(() => delete host.lockHolder);
  return { clock, host, rig };
}

describe('a host that another run has locked', () => {
  it('is waited for as long as the run may wait, and diagnosed anew then', async () => {
    const { host, rig } = world(45_000, 300_000);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.equal(rig.journal.of('lock-taken')[0]?.at, '2026-01-01T00:00:46.000Z', 'it is asked every 2 s');
    const waiting = rig.journal.of('host-waiting');
    assert.deepEqual(
      waiting.map(({ what, forMs, reason }) => [what, forMs, /run other of disk-full/.test(reason)]),
      [['lock', 300_000, true]],
    );
    const looks = host.reached.filter(({ text }) => text === 'look unit').map(({ from }) => from);
    assert.ok(looks.some((from) => from > 45_000));
  });

  it('is well by then when the other run has repaired it', async () => {
    const { host, rig } = world(10_000, 60_000);
    rig.journal.onCommit = ({ type }) => {
      if (type === 'host-waiting') host.values.set('unit', 'up');
    };
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'healthy');
    assert.deepEqual(host.changes, []);
  });

  it('ends refused when that was not long enough, with its holder and the time', async () => {
    const { clock, rig } = world(3_600_000, 60_000);
    const { outcome, reason } = (await rig.go()).hosts['web01'] ?? {};
    assert.equal(outcome, 'refused');
    assert.match(reason ?? '', /^locked by run other of disk-full, .*; waited 1m for it$/);
    assert.equal(clock.monotonic(), 60_000);
  });

  it('is not waited for by default', async () => {
    const { clock, rig } = world(3_600_000);
    assert.equal((await rig.go()).hosts['web01']?.outcome, 'refused');
    assert.equal(clock.monotonic(), 0);
    assert.deepEqual(rig.journal.of('host-waiting'), []);
  });

  it('is not waited for after an interrupt', async () => {
    const { clock, host, rig } = world(3_600_000, 60_000);
    void clock.sleep(5000).then(() => rig.stop.abort('SIGINT'));
    assert.equal((await rig.go()).hosts['web01']?.outcome, 'not-started');
    assert.equal(clock.monotonic(), 5000);
    assert.deepEqual(host.changes, []);
  });
});
