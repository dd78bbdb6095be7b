import assert from 'node:assert/strict';
import type { Scope } from '../../../src/model/expression.ts';
import type { GroupLoop, Step } from '../../../src/model/runbook.ts';
import type { Json } from '../../../src/util/json.ts';
import { condition, constant, expression, field, step, text, verifying } from '../../support/runbook-builder.ts';
import { oneHost, SICK, startUnit, unitIsUp } from '../../support/down-runbook.ts';
import { ANSWER } from '../../support/run-rig.ts';
import { look, set, setTo } from '../../support/scripted-host.ts';

const over = (id: string, items: readonly Json[] | ((scope: Scope) => readonly Json[])): GroupLoop => ({
  id,
  list: typeof items === 'function' ? expression(items) : constant(items),
});

/** Sets `<item>_<id>`; shows which items of which loops it saw. */
const each = (id: string, groupLoops: readonly GroupLoop[], parts: Partial<Step> = {}): Step =>
  step({
    id,
    phase: 'fix',
    action: set,
    groupLoops,
    name: text(({ item }) => `${id} ${String(item)}`),
    params: expression(({ item, outerItems = [] }) =>
      setTo([...outerItems.map((outer) => outer.item), item, id].join('_'), 'new'),
    ),
    for: ['down'],
    ...parts,
  });

const changed = (text: string): string => text.split(' ')[1] ?? '';

describe('a group with a loop in fix', () => {
  const letters = over('fix[0]', ['a', 'b']);

  it('sends all its steps for one item before any for the next, each with an intent of its own', async () => {
    const { rig, host, journal } = oneHost({ fix: [each('x', [letters]), each('y', [letters]), startUnit] });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
    assert.deepEqual(host.changes.map(changed), ['a_x', 'a_y', 'b_x', 'b_y', 'unit']);
    assert.deepEqual(
      journal.of('step-intended').map(({ step: id, item, name }) => [id, item, name]),
      [
        ['x', 'a', 'x a'],
        ['y', 'a', 'y a'],
        ['x', 'b', 'x b'],
        ['y', 'b', 'y b'],
        ['start', undefined, 'start'],
      ],
    );
  });

  it('goes through loops inside of it for each item, whose lists may depend on that item', async () => {
    const inner = over('fix[0].steps[1]', ({ item }) => (item === 'a' ? [1, 2] : []));
    const own = each('own', [letters], { loop: constant(['p', 'q']) });
    const { rig, host } = oneHost({ fix: [own, each('in', [letters, inner]), startUnit] });
    await rig.go();
    assert.deepEqual(host.changes.map(changed), [
      ...['a_p_own', 'a_q_own', 'a_1_in', 'a_2_in'],
      ...['b_p_own', 'b_q_own', 'unit'],
    ]);
  });

  it('lets a step see the result of its own item, and those after the group the results of all', async () => {
    const seen: string[] = [];
    const second = each('y', [letters], {
      when: [
        condition(({ steps }) => {
          seen.push(String(steps.get('x')?.output?.['before']));
          return true;
        }),
      ],
    });
    const after = step({
      id: 'after',
      phase: 'fix',
      action: set,
      params: expression(({ steps }) => {
        const results = steps.get('x')?.results ?? [];
        return setTo('all', results.map(({ status, output }) => `${status}:${String(output?.['before'])}`).join(','));
      }),
      for: ['down'],
    });
    const { rig, host } = oneHost(
      { fix: [each('x', [letters]), second, after, startUnit] },
      { ...SICK, a_x: 'old', b_x: 'new' },
    );
    await rig.go();
    assert.deepEqual(seen.slice(-2), ['old', 'new']);
    assert.equal(host.values.get('all'), 'changed:old,ok:new');
  });

  it('skips a step for the items whose condition does not hold', async () => {
    const only = each('y', [letters], { when: [condition(({ item }) => item === 'b')] });
    const { rig, host } = oneHost({ fix: [each('x', [letters]), only, startUnit] });
    await rig.go();
    assert.deepEqual(host.changes.map(changed), ['a_x', 'b_x', 'b_y', 'unit']);
  });

  it('ends with the first step that fails, and is undone backwards', async () => {
    const { rig, host, journal } = oneHost({ fix: [each('x', [letters]), each('y', [letters]), startUnit] });
    host.fault = (sent) => (sent === 'set b_x new' ? { end: { how: 'exit', code: 1 }, stderr: 'no' } : undefined);
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.match(finished.hosts['web01']?.reason ?? '', /^x b: no; /);
    assert.deepEqual(host.changes.map(changed), ['a_x', 'a_y', 'b_x', 'a_y', 'a_x']);
    assert.equal(journal.of('step-intended').filter(({ phase }) => phase === 'rollback').length, 2);
  });

  it('leaves only the group when a step fails that does not stop the phase', async () => {
    const lenient = { onFailure: 'continue' } as const;
    const fix = [each('x', [letters], lenient), each('y', [letters], lenient), startUnit];
    const { rig, host } = oneHost({ fix });
    host.fault = (sent) => (sent === 'set a_x new' ? { end: { how: 'exit', code: 1 } } : undefined);
    const finished = await rig.go();
    assert.deepEqual(host.changes.map(changed), ['a_x', 'unit']);
    assert.equal(finished.hosts['web01']?.outcome, 'repaired');
  });

  it('has nothing to do for findings that are not present, whatever its list', async () => {
    const broken = over('fix[0]', () => {
      throw new Error('no list');
    });
    const { rig, journal } = oneHost({ fix: [each('x', [broken], { for: ['full'] }), startUnit] });
    assert.equal((await rig.go()).hosts['web01']?.outcome, 'repaired');
    const ended = journal.of('step-ended').find(({ step: id }) => id === 'x');
    assert.deepEqual([ended?.status, ended?.error], ['skipped', 'full: not present']);
  });

  it('fails when its list cannot be evaluated, and nothing of it is sent', async () => {
    const late = over('fix[1]', (scope) => [field(scope, 'first', 'nothing')]);
    const first = step({ id: 'first', phase: 'fix', action: set, params: setTo('first', 'new'), for: ['down'] });
    const x = { ...each('x', [late]), groupLoops: [{ ...late, list: { ...late.list, references: READS_FIRST } }] };
    const { rig, host, journal } = oneHost({ fix: [first, x, startUnit] });
    const finished = await rig.go();
    assert.equal(finished.hosts['web01']?.outcome, 'rolled-back');
    assert.deepEqual(host.changes.map(changed), ['first', 'first']);
    const ended = journal.of('step-ended').find(({ step: id }) => id === 'x');
    assert.deepEqual([ended?.status, ended?.reason], ['failed', 'missing-input']);
  });

  it('reads diagnose again before each step that says so, once before its list is made', async () => {
    const retest = { retest: constant(0) };
    const { rig, journal } = oneHost({ fix: [startUnit, each('x', [letters], retest), each('y', [letters])] });
    await rig.go();
    // Before the fix; before the group, which finds the unit up: nothing is left to do.
    assert.equal(journal.of('findings-evaluated').filter(({ moment }) => moment === 'retest').length, 2 + 1);
    assert.deepEqual(
      journal.of('step-ended').flatMap(({ step: id, status }) => (id === 'x' ? [status] : [])),
      ['skipped', 'skipped'],
    );
  });

  it('is bound by a plan that a person approved: its list may only have become shorter', async () => {
    const found = over('fix[0]', (scope) => [...String(field(scope, 'disk', 'value'))]);
    const acting = async (now: string): Promise<readonly string[]> => {
      const { rig, host } = oneHost({ fix: [each('x', [found]), each('y', [found]), startUnit] });
      await rig.go(ANSWER, () => host.values.set('disk', now));
      return host.changes.map(changed);
    };
    assert.deepEqual(await acting('ok'), ['o_x', 'o_y', 'k_x', 'k_y', 'unit']);
    assert.deepEqual(await acting('k'), ['k_x', 'k_y', 'unit']);
    assert.deepEqual(await acting('ok!'), []);
  });

  it('ends with an interrupt between two items, and keeps what is not undone', async () => {
    const { rig, host, journal } = oneHost({ fix: [each('x', [letters]), startUnit] });
    journal.onCommit = (event) => {
      if (event.type === 'step-ended' && event.step === 'x') rig.stop.abort('SIGINT');
    };
    const finished = await rig.go();
    assert.deepEqual(host.changes.map(changed), ['a_x']);
    assert.equal(finished.hosts['web01']?.reason, 'interrupted; not undone: x a');
  });
});

const READS_FIRST = { steps: ['first'], findings: [] };

describe('a group with a loop that reads', () => {
  const keys = over('diagnose[0]', ['unit', 'disk']);
  const reads = (id: string, parts: Partial<Step> = {}): Step =>
    step({
      id,
      action: look,
      groupLoops: [keys],
      params: expression(({ item }) => ({ key: String(item) })),
      ...parts,
    });

  it('reads all items at once, and in each only what it refers to waits', async () => {
    const second = reads('second', {
      params: expression(
        ({ item, steps }) => ({ key: `${String(item)}_${String(steps.get('first')?.output?.['value'])}` }),
        {
          steps: ['first'],
        },
      ),
    });
    const { rig, host, journal } = oneHost({ diagnose: [reads('first'), second], findings: [], fix: [] });
    await rig.go();
    assert.deepEqual(
      host.reached.map(({ text: sent }) => sent),
      ['look unit', 'look disk', 'look unit_down', 'look disk_ok'],
    );
    const begun = journal.events.findIndex(({ type }) => type === 'step-ended');
    assert.equal(journal.events.slice(0, begun).filter(({ type }) => type === 'step-started').length, 2);
  });

  it('goes on with the other items when one fails, and shows all results in order', async () => {
    const seen: string[] = [];
    const after = step({
      id: 'after',
      action: look,
      params: expression(
        ({ steps }) => {
          seen.push((steps.get('first')?.results ?? []).map(({ status }) => status).join());
          return { key: 'unit' };
        },
        { steps: ['first'] },
      ),
    });
    const { rig, host } = oneHost({ diagnose: [reads('first'), after], findings: [], fix: [] });
    host.fault = (sent) => (sent === 'look unit' ? { end: { how: 'exit', code: 1 }, stderr: 'no' } : undefined);
    await rig.go();
    assert.deepEqual(seen, ['failed,ok']);
  });

  it('passes a proof when it does for each item', async () => {
    const every = reads('same', {
      phase: 'verify',
      expect: [condition(({ result, first }) => result?.output?.['value'] === first?.output?.['value'])],
    });
    const { rig, journal } = oneHost({ verify: verifying([every, unitIsUp], { soak: 4000 }) });
    assert.equal((await rig.go()).hosts['web01']?.outcome, 'repaired');
    const ends = journal.of('step-ended').filter(({ step: id }) => id === 'same');
    assert.equal(ends.length, 2 * journal.of('proof-round').length);
  });
});
