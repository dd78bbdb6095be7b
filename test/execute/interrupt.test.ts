import assert from 'node:assert/strict';
import { verifying } from '../support/runbook-builder.ts';
import { downRunbook, oneHost, SICK, unitIsUp } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RunRig, YES } from '../support/run-rig.ts';
import { ScriptedHost } from '../support/scripted-host.ts';

describe('an interrupt', () => {
  it('during the survey starts nothing more, and hosts that were not diagnosed end not-started', async () => {
    const clock = new FakeClock();
    const hosts = { first: new ScriptedHost(clock, { unit: 'up' }), second: new ScriptedHost(clock, SICK) };
    const rig = new RunRig({ clock, runbook: downRunbook(), hosts, forks: 1 });
    hosts.first.fault = () => {
      rig.stop.abort('SIGINT');
      return undefined;
    };
    const finished = await rig.go();
    assert.equal(finished.exitCode, 130);
    assert.deepEqual(finished.counts, { healthy: 1, 'not-started': 1 });
    assert.equal(hosts.second.reached.length, 0);
    assert.equal(rig.journal.of('run-interrupted')[0]?.signal, 'SIGINT');
    assert.equal(rig.journal.events.at(-1)?.type, 'run-finished');
  });

  it('between plan and fix leaves every host as it is', async () => {
    const { host, rig, journal } = oneHost();
    const finished = await rig.go(YES, () => rig.stop.abort('SIGTERM'));
    assert.equal(finished.exitCode, 143);
    assert.equal(finished.hosts['web01']?.outcome, 'not-started');
    assert.deepEqual(host.changes, []);
    assert.equal(journal.of('lock-taken').length, 0);
  });

  it('in the re-test ends a host not-started', async () => {
    const { host, rig } = oneHost();
    const finished = await rig.go(YES, () => {
      host.fault = (text) => {
        if (text === 'look unit') rig.stop.abort('SIGINT');
        return undefined;
      };
    });
    assert.equal(finished.hosts['web01']?.outcome, 'not-started');
    assert.deepEqual(host.changes, []);
  });

  it('in the fix lets the running step finish, starts no other, undoes nothing and names what was changed', async () => {
    const { host, rig } = oneHost();
    host.latencyMs = 100;
    host.fault = (text) => {
      if (text === 'set lock free') rig.stop.abort('SIGINT');
      return undefined;
    };
    const finished = await rig.go();
    assert.deepEqual(finished.hosts['web01'], {
      outcome: 'not-repaired',
      reason: 'interrupted; not undone: free',
      changes: 1,
    });
    assert.equal(host.values.get('lock'), 'free');
    assert.deepEqual(host.changes, ['set lock free']);
  });

  it('in the proof does not wait for the soak', async () => {
    const { clock, rig, journal } = oneHost();
    journal.onCommit = (event) => {
      if (event.type === 'proof-round' && event.round === 2) rig.stop.abort('SIGINT');
    };
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'not-repaired');
    assert.equal(clock.monotonic(), 2000);
  });

  it('in the rollback leaves it incomplete, which is a failed one', async () => {
    const { host, rig } = oneHost({ verify: verifying([{ ...unitIsUp, expect: [] }], { soak: 0 }) });
    host.fault = (text) => {
      if (text === 'set unit up') return { end: { how: 'exit', code: 1 }, stderr: 'no' };
      if (text === 'set lock held') rig.stop.abort('SIGINT');
      return undefined;
    };
    const undoing = await rig.go();
    // The undo that ran was the last one: nothing was left out.
    assert.equal(undoing.hosts['web01']?.outcome, 'rolled-back');

    const earlier = oneHost();
    earlier.journal.onCommit = (event) => {
      if (event.type === 'phase-started' && event.phase === 'rollback') earlier.rig.stop.abort('SIGINT');
    };
    earlier.host.fault = (text) =>
      text === 'set unit up' ? { end: { how: 'exit', code: 1 }, stderr: 'no' } : undefined;
    const finished = await earlier.rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rollback-failed');
    assert.equal(earlier.host.values.get('lock'), 'free');
  });

  it('said twice ends the running step; its host is unknown only when that is not proven', async () => {
    const proven = oneHost();
    proven.host.latencyMs = 60_000;
    proven.journal.onCommit = (event) => {
      if (event.type !== 'step-intended') return;
      proven.rig.stop.abort('SIGINT');
      void Promise.resolve().then(() => proven.rig.kill.abort('SIGINT'));
    };
    const finished = await proven.rig.go();
    assert.deepEqual(finished.hosts['web01'], {
      outcome: 'not-repaired',
      reason: 'interrupted; not undone: free',
      changes: 0,
    });

    const unproven = oneHost();
    unproven.host.fault = (text) => {
      if (text !== 'set lock free') return undefined;
      unproven.rig.stop.abort('SIGINT');
      return { end: { how: 'cancelled', gone: false } };
    };
    const dark = await unproven.rig.go();
    assert.equal(dark.hosts['web01']?.outcome, 'unknown');
    assert.equal(dark.exitCode, 130);
  });
});
