import assert from 'node:assert/strict';
import { defineAction, UNTOUCHED, type Action } from '../../../src/model/action.ts';
import type { Step } from '../../../src/model/runbook.ts';
import { condition, constant, expression, step, verifying } from '../../support/runbook-builder.ts';
import { oneHost, SICK, startUnit, unitIsUp } from '../../support/down-runbook.ts';
import { ANSWER } from '../../support/run-rig.ts';
import { set, setTo } from '../../support/scripted-host.ts';

/** Looks at a value and sets it to another one, undone by `set`. */
const edit: Action = defineAction({
  name: 'edit',
  summary: 'Sets one value after a look.',
  effect: 'changes',
  risk: 'none',
  undo: { kind: 'builtin', how: 'the value is set back' },
  idempotent: true,
  params: {
    key: { type: { kind: 'string' }, description: 'what' },
    to: { type: { kind: 'string' }, description: 'to' },
  },
  output: { before: { type: { kind: 'string' }, description: 'the former value' } },
  examples: [],
  work: {
    kind: 'prepared',
    look: ({ key }) => ({ summary: `look ${key}`, text: `look ${key}` }),
    prepare: ({ stdout: { text: before } }, { key, to }) => {
      if (before === 'nowhere') return { kind: 'failed', reason: 'cannot-start', error: 'not there', missing: true };
      if (before === 'odd') return { kind: 'failed', reason: 'output', error: 'odd' };
      if (before === to) return { kind: 'none', output: { before } };
      return {
        kind: 'change',
        script: { summary: `${key}: ${before} -> ${to}`, text: `set ${key} ${to} was=${before}` },
        differences: [{ path: key, lines: [`-${before}`, `+${to}`] }],
        output: { before },
        undo: [{ action: 'set', params: setTo(key, before) }],
      };
    },
  },
});

const editing = (id: string, parts: Partial<Step> = {}): Step =>
  step({ id, phase: 'fix', action: edit, params: { key: 'conf', to: 'new' }, for: ['down'], ...parts });

/** `start` comes after the edit, so that there is something that repairs the unit. */
function world(fix: readonly Step[] = [editing('edit'), startUnit], values: Readonly<Record<string, string>> = {}) {
  return oneHost({ fix }, { ...SICK, conf: 'old', ...values });
}

/** The unit never comes up, so that all is undone. */
function failing() {
  const fix = [editing('edit')];
  return oneHost({ fix, verify: verifying([unitIsUp], { within: 0 }) }, { ...SICK, conf: 'old' });
}

const EDIT = 'set conf new was=old';

describe('a prepared change', () => {
  it('is shown in the plan as it will be sent, with the difference it makes', async () => {
    const { rig, host } = world();
    const plan = rig.decide(await rig.run.survey());
    const command = plan.hosts[0]?.steps[0]?.command;
    assert.ok(command?.kind === 'exact');
    assert.deepEqual(
      command.items.map(({ summary, differences }) => ({ summary, differences })),
      [{ summary: 'conf: old -> new', differences: [{ path: 'conf', text: '-old\n+new' }] }],
    );
    assert.deepEqual(host.changes, []);
    await rig.run.conclude(plan);
  });

  it('looks once more right before it is sent, and its undo is in the intent', async () => {
    const { rig, host, journal } = world();
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.equal(host.reached.filter(({ text }) => text === 'look conf').length, 2);
    const intent = journal.of('step-intended').find((event) => event.step === 'edit');
    assert.deepEqual(intent?.builtinUndo, [{ action: 'set', params: setTo('conf', 'old') }]);
    assert.deepEqual(intent.differences, [{ path: 'conf', text: '-old\n+new' }]);
    assert.deepEqual(journal.of('step-ended').find((event) => event.step === 'edit')?.output, { before: 'old' });
  });

  it('sends nothing when all is as wanted, and says so in the plan', async () => {
    const after = step({
      id: 'after',
      phase: 'fix',
      action: set,
      params: setTo('other', 'x'),
      for: ['down'],
      when: [condition((scope) => scope.steps.get('edit')?.status === 'changed', { steps: ['edit'] })],
    });
    const { rig, host, journal } = world([editing('edit'), after, startUnit], { conf: 'new' });
    await rig.go();
    const [plan] = journal.of('plan-made');
    assert.deepEqual(
      plan?.plan.hosts[0]?.steps.map(({ command }) => command.kind),
      ['nothing', 'skipped', 'exact'],
    );
    assert.deepEqual(host.changes, ['set unit up']);
    assert.equal(
      journal.of('step-ended').find((event) => event.step === 'edit' && event.phase === 'fix')?.status,
      'ok',
    );
  });

  it('that touches the same file for each item is not known before it ran, and is not refused then', async () => {
    const each = editing('each', {
      loop: constant(['x', 'y']),
      params: expression(({ item }) => ({ key: 'conf', to: String(item) })),
    });
    const { rig, host, journal } = world([each, editing('last'), startUnit]);
    const finished = await rig.go(ANSWER);
    const [plan] = journal.of('plan-made');
    const unknown = { kind: 'unknown-until', step: 'each' };
    assert.deepEqual(
      plan?.plan.hosts[0]?.steps.slice(0, 2).map(({ command }) => command),
      [unknown, unknown],
    );
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.deepEqual(host.changes, ['set conf x was=old', 'set conf y was=x', 'set conf new was=y', 'set unit up']);
  });

  it('that touches a file which another step touches for the item before is not known', async () => {
    const loop = { id: 'fix[0]', list: constant(['x', 'y']) };
    const to = (id: string): Step =>
      editing(id, { groupLoops: [loop], params: expression(({ item }) => ({ key: String(item), to: 'new' })) });
    const shared = editing('shared', { groupLoops: [loop], params: expression(() => ({ key: 'y', to: 'new' })) });
    const { rig } = world([to('own'), shared, startUnit]);
    const plan = rig.decide(await rig.run.survey());
    assert.deepEqual(
      plan.hosts[0]?.steps.map(({ command }) => (command.kind === 'unknown-until' ? command.step : command.kind)),
      ['shared', 'own', 'exact'],
    );
    await rig.run.conclude(plan);
  });

  it('that touches the same file as one before it is not known until that one ran', async () => {
    const { rig } = world([editing('edit'), editing('again'), startUnit]);
    const plan = rig.decide(await rig.run.survey());
    assert.deepEqual(plan.hosts[0]?.steps[1]?.command, { kind: 'unknown-until', step: 'edit' });
    await rig.run.conclude(plan);
  });

  it('that would change nothing now is not known either when a step before it touches its file', async () => {
    const back = editing('back', { params: constant({ key: 'conf', to: 'old' }) });
    const { rig, host, journal } = world([editing('edit'), back, startUnit]);
    const finished = await rig.go(ANSWER);
    const [plan] = journal.of('plan-made');
    assert.deepEqual(plan?.plan.hosts[0]?.steps[1]?.command, { kind: 'unknown-until', step: 'edit' });
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.deepEqual(host.changes, [EDIT, 'set conf old was=new', 'set unit up']);
  });

  it('voids an approved plan when what it changes is not as it was', async () => {
    const { rig, host } = world();
    const finished = await rig.go(ANSWER, () => host.values.set('conf', 'older'));
    assert.deepEqual(finished.hosts['web01'], {
      outcome: 'refused',
      reason: 'changed since the plan: the command of edit differs',
      changes: 0,
    });
    assert.deepEqual(host.changes, []);
  });

  it('is not sent when that happens after the re-test', async () => {
    const { rig, host } = world();
    const { journal } = rig;
    // The third look is the one right before it would be sent.
    host.fault = (text, earlier) => {
      if (text === 'look conf' && earlier === 2) host.values.set('conf', 'older');
      return undefined;
    };
    const finished = await rig.go(ANSWER);
    assert.equal(finished.hosts['web01']?.outcome, 'not-repaired');
    assert.match(finished.hosts['web01'].reason, /not as it was when the plan was made: nothing was sent/);
    assert.deepEqual(host.changes, []);
    assert.equal(journal.of('step-intended').length, 0);
  });

  it('is undone when the proof fails', async () => {
    const { rig, host } = failing();
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.deepEqual(host.changes, [EDIT, 'set conf old']);
  });

  it('is undone when it was cut off, for its undo is known beforehand', async () => {
    const { rig, host } = failing();
    host.fault = (text) => (text === EDIT ? { end: { how: 'timeout', gone: true }, done: true } : undefined);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.equal(host.values.get('conf'), 'old');
  });

  it('needs no undo when it says that it touched nothing', async () => {
    const { rig, host } = failing();
    host.fault = (text) =>
      text === EDIT ? { end: { how: 'exit', code: UNTOUCHED }, stderr: 'noise\nconf changed meanwhile\n' } : undefined;
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'not-repaired');
    assert.match(finished.hosts['web01'].reason, /^edit: conf changed meanwhile; nothing to undo/);
    assert.deepEqual(host.changes, [EDIT]);
  });

  it('undoes the part that was done when it failed otherwise', async () => {
    const { rig, host } = failing();
    host.fault = (text) => (text === EDIT ? { end: { how: 'exit', code: 1 }, done: true } : undefined);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(finished.hosts['web01'].reason, /^edit: exit code 1; undone: edit/);
    assert.equal(host.values.get('conf'), 'old');
  });

  it('is recorded without what its look saw where that is the content of files', async () => {
    const secret: Action = { ...edit, work: { ...edit.work, seesContents: true } as Action['work'] };
    for (const [action, seen] of [
      [edit, ['old', 'old']],
      [secret, ['', '']],
    ] as const) {
      const { rig, journal } = world([editing('edit', { action }), startUnit]);
      await rig.go();
      const evidence = journal.of('evidence').filter((event) => event.step === 'edit' && event.output.bytes > 0);
      assert.deepEqual(
        evidence.slice(0, 2).map(({ output }) => output.text),
        seen,
      );
    }
  });

  it('that cannot be prepared leaves the host alone', async () => {
    const { rig, host } = world([editing('edit'), startUnit], { conf: 'odd' });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'not-repaired');
    assert.match(finished.hosts['web01'].reason, /cannot be sent: odd/);
    assert.deepEqual(host.changes, []);
  });

  it('that lacks something is not known before the step that may make it', async () => {
    const make = step({ id: 'make', phase: 'fix', action: set, params: setTo('conf', 'old'), for: ['down'] });
    const { rig, host, journal } = world([make, editing('edit'), startUnit], { conf: 'nowhere' });
    const finished = await rig.go(ANSWER);
    const [plan] = journal.of('plan-made');
    assert.deepEqual(plan?.plan.hosts[0]?.steps[1]?.command, { kind: 'unknown-until', step: 'make' });
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.deepEqual(host.changes, ['set conf old', EDIT, 'set unit up']);
    const alone = world([editing('edit'), startUnit], { conf: 'nowhere' });
    assert.match((await alone.rig.go()).hosts['web01']?.reason ?? '', /cannot be sent: not there/);
    assert.deepEqual(alone.host.changes, []);
  });

  it('whose look is cut off again and again leaves the host unreachable, not unknown', async () => {
    const { rig, host } = world();
    host.fault = (text, earlier) => (text === 'look conf' && earlier >= 1 ? { end: { how: 'lost' } } : undefined);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'unreachable');
    assert.deepEqual(host.changes, []);
  });
});
