import assert from 'node:assert/strict';
import { downRunbook, oneHost, SICK } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RunRig } from '../support/run-rig.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

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
    host.lockHolder = {
      runId: 'other',
      host: 'web',
      epoch: 1,
      runbook: 'disk-full',
      by: 'bob@desk',
      since: '2026-01-01T00:00:00Z',
    };
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
