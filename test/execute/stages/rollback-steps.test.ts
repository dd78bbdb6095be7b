import assert from 'node:assert/strict';
import type { Step } from '../../../src/model/runbook.ts';
import { condition, constant, expression, field, step, text, verifying } from '../../support/runbook-builder.ts';
import { oneHost, SICK, unitIsUp } from '../../support/down-runbook.ts';
import { erase, look, set, setTo } from '../../support/scripted-host.ts';

const fixing = (id: string, key: string, parts: Partial<Step> = {}): Step =>
  step({ id, phase: 'fix', action: set, params: setTo(key, 'new'), for: ['down'], ...parts });

const after = (id: string, parts: Partial<Step> = {}): Step =>
  step({ id, phase: 'rollback', action: set, params: setTo(id, 'done'), onFailure: 'continue', ...parts });

/** The unit never comes up, so whatever the fix did is to be undone. */
function failing(fix: readonly Step[], rollback: readonly Step[]) {
  const world = oneHost({ fix, rollback, verify: verifying([unitIsUp], { within: 0 }) }, { ...SICK, a: 'a0', b: 'b0' });
  const sentBack = (): readonly string[] =>
    world.journal.of('step-intended').flatMap(({ phase, text: sent }) => (phase === 'rollback' ? [sent] : []));
  return { ...world, sentBack };
}

describe('the rollback steps of a runbook', () => {
  it('run after all undos, in the order of the file, each with an intent of its own', async () => {
    const { rig, sentBack } = failing([fixing('one', 'a'), fixing('two', 'b')], [after('x'), after('y')]);
    const finished = await rig.go();
    assert.deepEqual(sentBack(), ['set b b0', 'set a a0', 'set x done', 'set y done']);
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(finished.hosts['web01']?.reason ?? '', /undone: two, one, x, y$/);
  });

  it('run although an undo failed, and go on when one of them does', async () => {
    const { rig, host, sentBack } = failing([fixing('one', 'a')], [after('x'), after('y')]);
    host.fault = (sent) =>
      sent === 'set a a0' || sent === 'set x done' ? { end: { how: 'exit', code: 1 }, stderr: 'no' } : undefined;
    const finished = await rig.go();
    assert.deepEqual(sentBack(), ['set a a0', 'set x done', 'set y done']);
    assert.equal(finished.hosts['web01']?.outcome, 'rollback-failed');
    assert.match(finished.hosts['web01']?.reason ?? '', /the rollback failed: one: no; x: no$/);
  });

  it('leave out those after one that says on_failure: stop', async () => {
    const { rig, host, sentBack } = failing([fixing('one', 'a')], [after('x', { onFailure: 'stop' }), after('y')]);
    host.fault = (sent) => (sent === 'set x done' ? { end: { how: 'exit', code: 1 } } : undefined);
    assert.equal((await rig.go()).hosts['web01']?.outcome, 'rollback-failed');
    assert.deepEqual(sentBack(), ['set a a0', 'set x done']);
  });

  it('read results and findings, those of the fix and of verify too', async () => {
    const told = after('told', {
      when: [condition(({ findings }) => findings.get('down')?.present === true)],
      params: expression((scope) =>
        setTo('told', [scope.steps.get('one')?.status, scope.steps.get('is_up')?.status].join()),
      ),
    });
    const next = after('next', {
      params: expression((scope) => setTo('next', String(field(scope, 'told', 'before')))),
    });
    const { rig, sentBack } = failing([fixing('one', 'a')], [told, next]);
    await rig.go();
    assert.deepEqual(sentBack().slice(1), ['set told changed,failed', 'set next ']);
  });

  it('roll back what has no undo of its own', async () => {
    const scrap = fixing('scrap', 'a', { action: erase });
    const { rig } = failing([scrap], [after('x')]);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(finished.hosts['web01']?.reason ?? '', /undone: x; cannot be undone: scrap/);
  });

  it('undo nothing when they only look', async () => {
    const seen = step({ id: 'seen', phase: 'rollback', action: look, params: { key: 'a' } });
    const { rig } = failing([fixing('scrap', 'a', { action: erase })], [seen]);
    assert.equal((await rig.go()).hosts['web01']?.outcome, 'not-repaired');
  });

  it('do not run when nothing was sent', async () => {
    const never = fixing('one', 'a', {
      params: expression((scope) => setTo('a', String(field(scope, 'nobody', 'x')))),
    });
    const first = fixing('first', 'b', { action: look, params: constant({ key: 'b' }) });
    const { rig, sentBack } = failing([first, never], [after('x')]);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'not-repaired');
    assert.deepEqual(sentBack(), []);
  });

  it('do not run on a host of which nobody knows what runs there', async () => {
    const { rig, host, sentBack } = failing([fixing('one', 'a')], [after('x')]);
    host.fault = (sent) => (sent === 'set a a0' ? { end: { how: 'lost' } } : undefined);
    assert.equal((await rig.go()).hosts['web01']?.outcome, 'unknown');
    assert.deepEqual(sentBack(), ['set a a0']);
  });

  it('go through loops of groups item by item, all of them although one fails', async () => {
    const loop = { id: 'rollback[0]', list: constant(['p', 'q']) };
    const each = (id: string): Step =>
      after(id, {
        groupLoops: [loop],
        name: text(({ item }) => `${id} ${String(item)}`),
        params: expression(({ item }) => setTo(`${String(item)}_${id}`, 'done')),
      });
    const { rig, host, sentBack } = failing([fixing('one', 'a')], [each('x'), each('y')]);
    host.fault = (sent) => (sent === 'set p_x done' ? { end: { how: 'exit', code: 1 }, stderr: 'no' } : undefined);
    const finished = await rig.go();
    assert.deepEqual(sentBack().slice(1), ['set p_x done', 'set p_y done', 'set q_x done', 'set q_y done']);
    assert.match(finished.hosts['web01']?.reason ?? '', /the rollback failed: x p: no$/);
  });

  it('are interrupted like the undos, and the host is said to need a person', async () => {
    const { rig, journal, sentBack } = failing([fixing('one', 'a')], [after('x')]);
    journal.onCommit = (event) => {
      if (event.type === 'step-ended' && event.phase === 'rollback') rig.stop.abort('SIGINT');
    };
    const finished = await rig.go();
    assert.deepEqual(sentBack(), ['set a a0']);
    assert.equal(finished.hosts['web01']?.outcome, 'rollback-failed');
    assert.match(finished.hosts['web01']?.reason ?? '', /interrupted before the rollback steps$/);
  });

  it('are cut off in their middle by an interrupt: the attempt has no end then, so that the next run may finish it', async () => {
    const { rig, journal } = failing([fixing('one', 'a')], [after('x'), after('y')]);
    journal.onCommit = (event) => {
      if (event.type === 'step-ended' && event.step === 'x') rig.stop.abort('SIGINT');
    };
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rollback-failed');
    assert.equal(journal.of('host-finished')[0]?.interrupted, true);
  });
});

describe('a declared undo with a group that has a loop', () => {
  const items = { id: 'one.undo[0]', list: expression((scope) => [...String(field(scope, 'disk', 'value'))]) };
  const each = (id: string): Step =>
    after(id, {
      groupLoops: [items],
      params: expression(({ item, outerItems = [] }) =>
        setTo([...outerItems.map((outer) => outer.item), item, id].join('_'), 'done'),
      ),
    });

  it('is evaluated before its step is sent, and carried out item by item', async () => {
    const one = fixing('one', 'a', { undo: { kind: 'steps', steps: [each('x'), each('y')] } });
    const { rig, host, sentBack, journal } = failing([one], []);
    host.fault = (sent) => {
      if (sent === 'set a new') host.values.set('disk', 'other');
      return undefined;
    };
    await rig.go();
    const planned = ['set o_x done', 'set o_y done', 'set k_x done', 'set k_y done'];
    assert.deepEqual(sentBack(), planned);
    assert.deepEqual(
      journal.of('step-intended')[0]?.undo?.map(({ text: sent }) => sent),
      planned,
    );
  });

  it('sees the item of the undone step around its own', async () => {
    const inner = { id: 'one.undo[0]', list: constant([1, 2]) };
    const one = fixing('one', '', {
      loop: constant(['a', 'b']),
      params: expression(({ item }) => setTo(String(item), 'new')),
      undo: { kind: 'steps', steps: [{ ...each('x'), groupLoops: [inner] }] },
    });
    const { rig, sentBack } = failing([one], []);
    await rig.go();
    assert.deepEqual(sentBack(), ['set b_1_x done', 'set b_2_x done', 'set a_1_x done', 'set a_2_x done']);
  });
});
