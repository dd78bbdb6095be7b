import assert from 'node:assert/strict';
import { StoreFailed } from '../../src/execute/record/recorder.ts';
import { Recorder } from '../../src/execute/record/recorder.ts';
import { Redactor } from '../../src/util/redact.ts';
import { Secret } from '../../src/util/secret.ts';
import { constant, step } from '../support/runbook-builder.ts';
import { downRunbook, freeLock, oneHost, SICK } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryJournal, RunRig } from '../support/run-rig.ts';
import { ScriptedHost, set, setTo } from '../support/scripted-host.ts';

describe('a journal that fails', () => {
  it('stops the run at whichever event it fails: no change without a kept intent, no step after it', async () => {
    const whole = oneHost();
    await whole.rig.go();
    const last = whole.journal.events.length;
    for (let seq = 1; seq <= last; seq += 1) {
      const { host, rig, journal } = oneHost();
      journal.failFrom = seq;
      await assert.rejects(rig.go(), (error) => error instanceof StoreFailed);
      const intents = journal.of('step-intended').map(({ text }) => text);
      assert.ok(
        host.changes.every((change) => intents.includes(change)),
        `a change without an intent when event ${seq} fails`,
      );
    }
  });

  it('lets what is running on other hosts finish, and starts nothing more there', async () => {
    const clock = new FakeClock();
    const hosts = { fast: new ScriptedHost(clock, SICK), slow: new ScriptedHost(clock, SICK) };
    const rig = new RunRig({ clock, runbook: downRunbook(), hosts });
    rig.journal.onCommit = (event) => {
      if (event.type === 'findings-evaluated' && event.moment === 'retest') hosts.slow.latencyMs = 5000;
      if (event.type === 'step-ended' && event.host === 'fast' && event.step === 'free') rig.journal.failFrom = 0;
    };
    await assert.rejects(rig.go(), StoreFailed);
    assert.deepEqual(hosts.slow.changes, ['set lock free']);
    assert.equal(hosts.slow.reached.at(-1)?.to, 5000);
    assert.ok(hosts.fast.changes.length <= 1);
  });
});

describe('a journal that has failed', () => {
  it('is still given what ends something, under the next number, and nothing that would start something', async () => {
    const journal = new MemoryJournal();
    journal.failFrom = 1;
    const recorder = new Recorder('run1', journal, new FakeClock(), new Redactor([]));
    await assert.rejects(recorder.commit({ type: 'phase-started', host: 'web01', phase: 'fix' }), StoreFailed);
    journal.failFrom = Number.POSITIVE_INFINITY; // as a full store: it takes these only
    await assert.rejects(recorder.commit({ type: 'phase-started', host: 'web01', phase: 'verify' }), StoreFailed);
    await assert.rejects(recorder.commit({ type: 'run-interrupted', signal: 'SIGINT' }), StoreFailed);
    assert.deepEqual(
      journal.events.map(({ type, seq }) => [type, seq]),
      [['run-interrupted', 2]],
    );
  });
});

describe('the record', () => {
  it('numbers events from 1 without gaps, in the order of the calls', async () => {
    const { rig, journal } = oneHost();
    await rig.go();
    assert.deepEqual(
      journal.events.map(({ seq }) => seq),
      journal.events.map((_event, index) => index + 1),
    );
    assert.ok(journal.events.every(({ runId, at }) => runId === 'run1' && at.endsWith('Z')));
  });

  it('is plain JSON', async () => {
    const { rig, journal } = oneHost();
    await rig.go();
    assert.deepEqual(JSON.parse(JSON.stringify(journal.events)), journal.events);
  });

  it('masks the secrets of all hosts wherever they turn up, and keeps the names the engine gave', async () => {
    const clock = new FakeClock();
    const secrets = ['s3cret&"x"', 'ok'];
    const leak = step({ ...freeLock, id: 'leak', action: set, params: constant(setTo('lock', secrets[0]!)) });
    const host = new ScriptedHost(clock, { ...SICK, lock: Buffer.from(secrets[0]!).toString('base64') });
    const params = { password: new Secret(secrets[0]!), status: [new Secret(secrets[1]!)] };
    const runbook = downRunbook({ fix: [leak, ...downRunbook().fix] });
    const rig = new RunRig({ clock, runbook, hosts: { web01: host }, params });
    const finished = await rig.go();
    const kept = JSON.stringify(rig.journal.events);
    for (const form of [secrets[0]!, Buffer.from(secrets[0]!).toString('base64'), JSON.stringify(secrets[0])]) {
      assert.ok(!kept.includes(form), `${form} is in the record`);
    }
    assert.ok(rig.journal.of('step-ended').some(({ status }) => status === 'ok'));
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
  });

  it('tells a failure at the next commit, whoever asked for the failed one', async () => {
    const journal = new MemoryJournal();
    journal.failFrom = 1;
    const recorder = new Recorder('run1', journal, new FakeClock(), new Redactor([]));
    recorder.note({ type: 'run-interrupted', signal: 'SIGINT' });
    await new Promise(setImmediate);
    assert.throws(() => recorder.check(), /could not be written: disk full/);
  });
});
