import assert from 'node:assert/strict';
import type { Step, Until } from '../../../src/model/runbook.ts';
import { condition, constant, resultField, step, text, verifying } from '../../support/runbook-builder.ts';
import { oneHost, SICK, startUnit, unitIsUp } from '../../support/down-runbook.ts';
import { erase, look, type ScriptedHost, set, setTo } from '../../support/scripted-host.ts';

const holds = (value: string, retries = 3, delay = 5000): Until => ({
  condition: condition((scope) => resultField(scope, 'value') === value),
  retries,
  delayMs: constant(delay),
});

/** Reads `slow` in diagnose, again until it is `done`. */
const reading = (until: Until, parts: Partial<Step> = {}): Step =>
  step({ id: 'slow', action: look, params: { key: 'slow' }, until, ...parts });

/** A host with nothing to fix on which `slow` becomes `done` at that time. */
function world(slow: Step, doneAt: number) {
  const made = oneHost({ diagnose: [slow], findings: [], fix: [] }, { slow: 'busy' });
  becomes(made.host, 'slow', 'done', doneAt);
  return made;
}

function becomes(host: ScriptedHost, key: string, value: string, at: number): void {
  host.fault = () => {
    if (host.clock.monotonic() >= at) host.values.set(key, value);
    return undefined;
  };
}

describe('until of a step that reads', () => {
  it('reads it again after each delay until the condition holds', async () => {
    const { rig, host, journal } = world(reading(holds('done')), 8000);
    await rig.go();
    assert.deepEqual(
      host.reached.map(({ from }) => from),
      [0, 5000, 10_000],
    );
    const ends = journal.of('step-ended');
    assert.deepEqual(
      ends.map(({ status, reason, again }) => [status, reason, again]),
      [
        ['failed', 'expect', true],
        ['failed', 'expect', true],
        ['ok', undefined, undefined],
      ],
    );
    assert.match(ends[0]?.error ?? '', /does not hold \(attempt 1 of 4\)$/);
    assert.equal(new Set(ends.map(({ execution }) => execution)).size, 3);
  });

  it('fails with the condition when the last try does not hold either', async () => {
    const { rig, host, journal } = world(reading(holds('done', 2)), 60_000);
    await rig.go();
    assert.equal(host.reached.length, 3);
    assert.match(journal.of('step-ended').at(-1)?.error ?? '', /\(attempt 3 of 3\)$/);
  });

  it('is judged by expect only when it holds', async () => {
    const expect = [condition(() => false)];
    const { rig, journal } = world(reading(holds('done'), { expect }), 8000);
    await rig.go();
    const ends = journal.of('step-ended');
    assert.equal(ends.length, 3);
    assert.doesNotMatch(ends[2]?.error ?? '', /attempt/);
    assert.equal(ends[2]?.reason, 'expect');
  });

  it('tries a step again that failed by itself, and says why it did', async () => {
    const { rig, host, journal } = world(reading(holds('done')), 0);
    host.fault = (_text, earlier) =>
      earlier < 2 ? { end: { how: 'exit', code: 1 }, stderr: 'not yet' } : (host.values.set('slow', 'done'), undefined);
    await rig.go();
    assert.deepEqual(
      journal.of('step-ended').map(({ status, error }) => [status, error]),
      [
        ['failed', 'not yet (attempt 1 of 4)'],
        ['failed', 'not yet (attempt 2 of 4)'],
        ['ok', ''],
      ],
    );
  });

  it('is asked anew over other connections when one broke, and not tried again then', async () => {
    const { rig, host } = world(reading(holds('done')), 0);
    host.fault = () => ({ end: { how: 'lost' } });
    const finished = await rig.go();
    assert.equal(host.reached.length, 4);
    assert.equal(finished.hosts['web01']?.outcome, 'unreachable');
  });

  it('stops waiting at an interrupt', async () => {
    const { rig, host, clock, journal } = world(reading(holds('done', 100, 3_600_000)), 1e9);
    journal.onCommit = (event) => {
      if (event.type === 'step-ended') rig.stop.abort('SIGINT');
    };
    const finished = await rig.go();
    assert.equal(clock.monotonic(), 0);
    assert.equal(host.reached.length, 1);
    assert.equal(finished.hosts['web01']?.outcome, 'not-started');
  });

  it('sends nothing more when it is found that the runbook does not apply', async () => {
    const applies = condition((scope) => scope.steps.get('unit')?.output?.['value'] === 'up', { steps: ['unit'] });
    const unit = step({ id: 'unit', action: look, params: { key: 'unit' } });
    const { rig, host } = oneHost({ diagnose: [reading(holds('done')), unit], applies, findings: [], fix: [] });
    const finished = await rig.go();
    assert.equal(host.reached.length, 2);
    assert.equal(finished.hosts['web01']?.outcome, 'not-applicable');
  });

  it('is a pause when it waits for more than a minute: what comes after it is diagnosed anew', async () => {
    const retests = async (delay: number): Promise<number> => {
      const wait = reading(holds('done', 5, delay), { phase: 'fix', for: ['down'] });
      const { rig, host, journal } = oneHost({ fix: [wait, startUnit] }, { ...SICK, slow: 'busy' });
      becomes(host, 'slow', 'done', 100_000);
      assert.equal((await rig.go()).hosts['web01']?.outcome, 'repaired');
      return journal.of('findings-evaluated').filter(({ moment }) => moment === 'retest').length;
    };
    assert.equal(await retests(50_000), 1);
    assert.equal(await retests(70_000), 2);
  });
});

describe('until of a step that changes', () => {
  /** Sets `conf` until the host keeps the value. */
  const setting = (parts: Partial<Step> = {}): Step =>
    step({
      id: 'conf',
      phase: 'fix',
      action: set,
      params: setTo('conf', 'new'),
      for: ['down'],
      until: {
        condition: condition((scope) => resultField(scope, 'before') === 'new'),
        retries: 3,
        delayMs: constant(5000),
      },
      ...parts,
    });

  const failing = (fix: readonly Step[]) =>
    oneHost({ fix, verify: verifying([unitIsUp], { within: 0 }) }, { ...SICK, conf: 'old' });

  it('makes each time an attempt with a claim and an intent of its own, and ends changed', async () => {
    const { rig, host, journal } = oneHost({ fix: [setting(), startUnit] }, { ...SICK, conf: 'old' });
    const finished = await rig.go();
    assert.deepEqual(host.changes, ['set conf new', 'set conf new', 'set unit up']);
    const intents = journal.of('step-intended').filter(({ step: id }) => id === 'conf');
    assert.deepEqual(
      intents.map(({ attempt }) => attempt),
      [1, 2],
    );
    assert.equal(new Set(intents.map(({ execution }) => execution)).size, 2);
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.equal(finished.hosts['web01']?.changes, 2);
  });

  it('undoes each attempt, from the last', async () => {
    const { rig, host } = failing([setting()]);
    host.fault = (sent, earlier) => {
      if (sent === 'set conf new' && earlier === 1) host.values.set('conf', 'other');
      return undefined;
    };
    const finished = await rig.go();
    assert.deepEqual(host.changes.slice(3), ['set conf other', 'set conf old']);
    assert.equal(host.values.get('conf'), 'old');
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
  });

  it('is undone once by what its author wrote, as all was before the first attempt', async () => {
    const back = step({ id: 'back', phase: 'rollback', action: set, params: setTo('back', 'done') });
    const { rig, host } = failing([setting({ undo: { kind: 'steps', steps: [back] } })]);
    await rig.go();
    assert.deepEqual(host.changes, ['set conf new', 'set conf new', 'set back done']);
  });

  it('tells once that it cannot be undone', async () => {
    const { rig } = failing([setting({ action: erase, undo: { kind: 'none', reason: text('gone') } })]);
    const finished = await rig.go();
    assert.match(finished.hosts['web01']?.reason ?? '', /nothing to undo; cannot be undone: conf \(gone\)$/);
  });

  it('is not sent again when it may still run', async () => {
    const { rig, host } = failing([setting()]);
    host.fault = (sent) => (sent === 'set conf new' ? { end: { how: 'timeout', gone: false } } : undefined);
    const finished = await rig.go();
    assert.deepEqual(host.changes, ['set conf new']);
    assert.equal(finished.hosts['web01']?.outcome, 'unknown');
  });

  it('is sent again after a timeout when nothing of it is left, and cannot be undone where it was cut off', async () => {
    const { rig, host } = failing([setting()]);
    host.fault = (sent, earlier) =>
      sent === 'set conf new' && earlier === 0 ? { end: { how: 'timeout', gone: true }, done: true } : undefined;
    const finished = await rig.go();
    assert.deepEqual(host.changes, ['set conf new', 'set conf new']);
    assert.equal(finished.hosts['web01']?.outcome, 'rollback-failed');
    assert.match(finished.hosts['web01']?.reason ?? '', /it ended before it could say how to undo it/);
  });

  it('ends promptly at an interrupt between two attempts, and says what is not undone', async () => {
    const { rig, host, journal, clock } = failing([setting()]);
    journal.onCommit = (event) => {
      if (event.type === 'step-ended' && event.step === 'conf') rig.stop.abort('SIGINT');
    };
    const finished = await rig.go();
    assert.deepEqual(host.changes, ['set conf new']);
    assert.equal(clock.monotonic(), 0);
    assert.equal(finished.hosts['web01']?.reason, 'interrupted; not undone: conf');
  });
});
