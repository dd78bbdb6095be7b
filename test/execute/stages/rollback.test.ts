import assert from 'node:assert/strict';
import type { Step } from '../../../src/model/runbook.ts';
import { condition, constant, expression, step, text, verifying } from '../../support/runbook-builder.ts';
import { oneHost, SICK, unitIsUp } from '../../support/down-runbook.ts';
import { changing, erase, service, set, setTo } from '../../support/scripted-host.ts';

const fixing = (id: string, key: string, action = set, parts: Partial<Step> = {}): Step =>
  step({ id, phase: 'fix', action, params: setTo(key, 'new'), for: ['down'], ...parts });

/** The unit never comes up, so whatever the fix did is to be undone. */
function failing(fix: readonly Step[], values: Readonly<Record<string, string>> = {}) {
  const world = oneHost(
    { fix, verify: verifying([unitIsUp], { within: 0 }) },
    { ...SICK, a: 'a0', b: 'b0', svc: 'stopped', ...values },
  );
  const undone = (): readonly string[] =>
    world.journal.of('step-intended').flatMap(({ phase, text }) => (phase === 'rollback' ? [text] : []));
  return { ...world, undone };
}

describe('rollback', () => {
  it('undoes what was changed in reverse order, each with an intent of its own', async () => {
    const { rig, host, undone } = failing([fixing('one', 'a'), fixing('two', 'b')]);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.equal(finished.exitCode, 2);
    assert.deepEqual(undone(), ['set b b0', 'set a a0']);
    assert.equal(host.values.get('a'), 'a0');
  });

  it('undoes the items of a loop from the last', async () => {
    const each = fixing('each', '', set, {
      loop: constant(['a', 'b']),
      params: expression((scope) => setTo(String(scope.item), 'new')),
    });
    const { rig, undone } = failing([each]);
    await rig.go();
    assert.deepEqual(undone(), ['set b b0', 'set a a0']);
  });

  it('brings services to their former state after all else, and restarts those that ran', async () => {
    const { rig, undone } = failing([fixing('file', 'a'), fixing('svc', 'svc', service), fixing('last', 'b')], {
      svc: 'started',
    });
    await rig.go();
    assert.deepEqual(undone(), ['set b b0', 'set a a0', 'set svc restarted']);
  });

  it('restarts nothing when nothing else was undone', async () => {
    const { rig, undone } = failing([fixing('svc', 'svc', service)], { svc: 'started' });
    await rig.go();
    assert.deepEqual(undone(), ['set svc started']);
  });

  it('ends not repaired when there was nothing to undo, and says what cannot be', async () => {
    const { rig, undone, journal } = failing([fixing('gone', 'a', erase)]);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'not-repaired');
    assert.match(finished.hosts['web01']?.reason ?? '', /nothing to undo; cannot be undone: gone \(gone for good\)$/);
    assert.deepEqual(undone(), []);
    const told = journal.of('step-ended').find(({ phase }) => phase === 'rollback');
    assert.deepEqual([told?.status, told?.error], ['skipped', 'cannot be undone: gone for good']);
  });

  it('says why a step cannot be undone with the result of that step', async () => {
    const reason = text(({ result }) => `it ended ${result?.status ?? ''}`);
    const { rig } = failing([fixing('gone', 'a', erase, { undo: { kind: 'none', reason } })]);
    const finished = await rig.go();
    assert.match(finished.hosts['web01']?.reason ?? '', /cannot be undone: gone \(it ended changed\)$/);
  });

  it('goes on after an undo that fails, and ends rollback-failed', async () => {
    const { rig, host, undone } = failing([fixing('one', 'a'), fixing('two', 'b')]);
    host.fault = (text) => (text === 'set b b0' ? { end: { how: 'exit', code: 1 }, stderr: 'read-only' } : undefined);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rollback-failed');
    assert.equal(finished.exitCode, 32);
    assert.match(finished.hosts['web01']?.reason ?? '', /the rollback failed: two: read-only$/);
    assert.deepEqual(undone(), ['set b b0', 'set a a0']);
  });

  it('ends unknown when it is not known whether an undo ran', async () => {
    const { rig, host, undone } = failing([fixing('one', 'a'), fixing('two', 'b')]);
    host.fault = (text) => (text === 'set b b0' ? { end: { how: 'lost' } } : undefined);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'unknown');
    assert.deepEqual(undone(), ['set b b0']);
  });

  it('says what was undone before an undo of which nothing is known', async () => {
    const { rig, host } = failing([fixing('one', 'a'), fixing('two', 'b')]);
    host.fault = (sent) => (sent === 'set a a0' ? { end: { how: 'lost' } } : undefined);
    const finished = await rig.go();
    const { outcome, reason } = finished.hosts['web01'] ?? assert.fail();
    assert.equal(outcome, 'unknown');
    assert.match(reason, /undo of one: .*; undone before: two; look at the host$/);
    assert.doesNotMatch(reason, /nothing was undone/);
  });

  it('gives a step of a declared undo the results of the loop before it', async () => {
    const each = step({
      id: 'each',
      phase: 'rollback',
      action: set,
      loop: constant(['x', 'y']),
      params: expression((scope) => setTo(String(scope.item), 'new')),
    });
    const count = step({
      id: 'count',
      phase: 'rollback',
      action: set,
      params: expression((scope) => setTo('count', String(scope.steps.get('each')?.results?.length)), { result: true }),
    });
    const { rig, undone } = failing([fixing('one', 'a', set, { undo: { kind: 'steps', steps: [each, count] } })]);
    await rig.go();
    assert.deepEqual(undone(), ['set x new', 'set y new', 'set count 2']);
  });

  it('names the item of a loop that failed or was left out', async () => {
    const each = fixing('each', '', set, {
      name: text((scope) => `set ${String(scope.item ?? assert.fail())}`),
      loop: constant(['a', 'b', 'c']),
      when: [condition((scope) => scope.item !== 'a')],
      params: expression((scope) => setTo(String(scope.item), 'new')),
    });
    const { rig, host, journal } = failing([each]);
    host.fault = (sent) => (sent === 'set b new' ? { end: { how: 'exit', code: 1 }, stderr: 'no' } : undefined);
    const finished = await rig.go();
    assert.match(finished.hosts['web01']?.reason ?? '', /^set b: no;/);
    assert.equal(journal.of('step-ended').find(({ status }) => status === 'skipped')?.name, 'set a');
  });

  it('undoes a failed step that said how, and none that never started or changed nothing', async () => {
    const partial = changing('partial');
    const { work } = partial;
    assert.equal(work.kind, 'script');
    const halfDone = {
      ...partial,
      work: {
        ...(work.kind === 'script' ? work : assert.fail()),
        interpret: () => ({
          status: 'failed' as const,
          reason: 'exit' as const,
          error: 'half done',
          undo: [{ action: 'set', params: setTo('b', 'b0') }],
        }),
      },
    };
    const same = fixing('same', 'a', set, { params: constant(setTo('a', 'a0')) });
    const { rig, undone } = failing([same, fixing('half', 'b', halfDone)]);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.deepEqual(undone(), ['set b b0']);
  });

  it('does not undo a step that never started, even with a declared undo', async () => {
    const declared = step({ id: 'back', phase: 'rollback', action: set, params: setTo('b', 'b0') });
    const never = fixing('two', 'b', set, { undo: { kind: 'steps', steps: [declared] } });
    const { rig, host, undone } = failing([fixing('one', 'a'), never]);
    host.fault = (text) => (text === 'set b new' ? { end: { how: 'not-started', why: 'cannot fork' } } : undefined);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(finished.hosts['web01']?.reason ?? '', /^two: not started: cannot fork/);
    assert.deepEqual(undone(), ['set a a0']);
  });

  it('runs a declared undo instead, with what was known before the step and with its result', async () => {
    const before = step({
      id: 'undo_before',
      phase: 'rollback',
      action: set,
      params: expression((scope) => setTo('saw', String(scope.steps.get('disk')?.output?.['value']))),
    });
    const after = step({
      id: 'undo_after',
      phase: 'rollback',
      action: set,
      // As `has(result.before)`: false, not an error, before there is a result.
      when: [condition((scope) => scope.result?.output?.['before'] !== undefined, { result: true })],
      params: expression((scope) => setTo('a', String(scope.result?.output?.['before'])), { result: true }),
    });
    const never = { ...after, id: 'undo_never', when: [condition(() => false)] };
    const declared = fixing('one', 'a', set, { undo: { kind: 'steps', steps: [before, after, never] } });
    const { rig, undone, journal } = failing([declared]);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.deepEqual(undone(), ['set saw ok', 'set a a0']);
    const [intent] = journal.of('step-intended');
    assert.deepEqual(
      intent?.undo?.map(({ step: id, text }) => [id, text]),
      [['undo_before', 'set saw ok']],
    );
  });

  it('says of a change that kept silent about its undo that it was not undone, also when expect failed it', async () => {
    assert.ok(set.work.kind === 'script');
    const changed = () => ({ status: 'changed', output: { before: 'a0' } }) as const;
    const silent = { ...set, work: { ...set.work, interpret: changed } };
    const { rig } = failing([fixing('one', 'a', silent, { expect: [condition(() => false)] })]);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rollback-failed');
    assert.match(finished.hosts['web01']?.reason ?? '', /it ended before it could say how to undo it$/);
  });

  it('does not count what it undid as changes of the fix', async () => {
    const { rig } = failing([fixing('one', 'a')]);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.changes, 1);
  });
});
