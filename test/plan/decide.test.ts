import assert from 'node:assert/strict';
import { decide } from '../../src/plan/decide.ts';
import type { Scope } from '../../src/model/expression.ts';
import type { HostPlan } from '../../src/model/plan.ts';
import type { FindingReport, StepResult } from '../../src/model/result.ts';
import type { Runbook, Step } from '../../src/model/runbook.ts';
import type { SurveyedHost } from '../../src/model/survey.ts';
import { Secret } from '../../src/util/secret.ts';
import { condition, constant, expression, field, finding, runbook, step, text } from '../support/runbook-builder.ts';
import { boundHost, erase, FACTS, look, set, setTo } from '../support/scripted-host.ts';

const MADE = { runId: 'run1', at: '2026-01-01T00:00:00Z', attempts: [] };

const fixing = (id: string, parts: Partial<Step> = {}): Step =>
  step({ id, phase: 'fix', action: set, params: setTo(id, 'new'), for: ['down'], ...parts });

function withFix(...fix: readonly Step[]): Runbook {
  return runbook({
    diagnose: [step({ id: 'unit', action: look, params: { key: 'unit' } })],
    findings: [
      finding({ name: 'down', when: () => true }),
      finding({ name: 'full', severity: 'blocks', when: () => true }),
    ],
    fix,
  });
}

function report(name: string, state: FindingReport['state'], severity: FindingReport['severity'] = 'problem') {
  return { name, state, severity, summary: `${name}!`, advice: '', error: 'log: permission denied' };
}

function surveyed(
  findings: readonly FindingReport[] = [report('down', 'present')],
  steps: Readonly<Record<string, StepResult>> = {},
): SurveyedHost {
  const host = boundHost('web01', { word: new Secret('hush') });
  const values = findings.map(({ name, state, summary }) => [name, { present: state === 'present', summary }] as const);
  const scope: Scope = {
    params: host.params,
    host: { ...FACTS, ...host.host },
    steps: new Map(Object.entries(steps)),
    findings: new Map(values),
    time: { now: MADE.at },
  };
  return {
    state: 'surveyed',
    host,
    machine: 'm1',
    diagnosis: { applies: { kind: 'yes' }, findings },
    scope,
    looks: new Map(),
  };
}

function planFor(book: Runbook, host: SurveyedHost): HostPlan {
  const [plan] = decide(book, [host], MADE).hosts;
  assert.ok(plan !== undefined);
  return plan;
}

describe('what a plan says of a host', () => {
  const book = withFix(fixing('one'));
  const host = boundHost('web01');
  const cases: readonly (readonly [string, SurveyedHost, string])[] = [
    [
      'was not reached',
      { state: 'unreachable', host, error: { code: 'connection-refused', message: 'no' } },
      'unreachable',
    ],
    ['was interrupted', { state: 'interrupted', host }, 'not-started'],
    ['showed a bug', { state: 'broken', host, error: { code: 'internal', message: 'bug' } }, 'unknown'],
    ['has no finding', surveyed([report('down', 'absent')]), 'healthy'],
    ['has only information', surveyed([report('note', 'present', 'info')]), 'healthy'],
    ['has a problem with a fix', surveyed(), 'needs-fix'],
    ['has a problem without one', surveyed([report('odd', 'present')]), 'not-repaired'],
    ['is blocked', surveyed([report('down', 'present'), report('full', 'present', 'blocks')]), 'not-repaired'],
    ['may be blocked', surveyed([report('down', 'present'), report('full', 'undetermined', 'blocks')]), 'unknown'],
    ['has an undetermined problem', surveyed([report('down', 'undetermined')]), 'unknown'],
    [
      'has a fixable and an undetermined one',
      surveyed([report('down', 'present'), report('odd', 'undetermined')]),
      'needs-fix',
    ],
    ['has undetermined information', surveyed([report('note', 'undetermined', 'info')]), 'healthy'],
  ];
  for (const [what, surveyedHost, outcome] of cases) {
    it(`is ${outcome} when it ${what}`, () => {
      assert.equal(planFor(book, surveyedHost).outcome, outcome);
    });
  }

  it('names what could not be determined', () => {
    const plan = planFor(book, surveyed([report('down', 'undetermined')]));
    assert.equal(plan.reason, 'diagnosis incomplete: down: log: permission denied');
  });

  it('is not-applicable or unknown by applies', () => {
    const base = surveyed();
    assert.ok(base.state === 'surveyed');
    const no = { ...base, diagnosis: { applies: { kind: 'no' }, findings: [] } } as const;
    assert.equal(planFor(book, no).outcome, 'not-applicable');
    const dark = { ...base, diagnosis: { applies: { kind: 'undetermined', why: 'no access' }, findings: [] } } as const;
    assert.equal(planFor(book, dark).outcome, 'unknown');
  });
});

describe('the commands of a plan', () => {
  const commands = (plan: HostPlan) => plan.steps.map(({ command }) => command);

  it('are exact as far as nothing changes before, with the undo and the risk', () => {
    const plan = planFor(
      withFix(fixing('one'), fixing('two', { action: erase, undo: { kind: 'none', reason: text('gone') } })),
      surveyed(),
    );
    const [first, second] = plan.steps;
    assert.ok(first?.command.kind === 'exact');
    assert.equal(first.command.items[0]?.text, 'set one new');
    assert.equal(first.command.items[0]?.summary, 'set one new');
    assert.equal(first.risk, 'restart');
    assert.equal(second?.undo, 'cannot be undone: gone');
  });

  it('are unknown until the step whose result they read, and so is what reads them', () => {
    const reads = (id: string) =>
      expression((scope) => setTo('x', String(field(scope, id, 'before'))), { steps: [id] });
    const plan = planFor(
      withFix(
        fixing('one'),
        fixing('two', { params: reads('one') }),
        fixing('three', { params: reads('two') }),
        fixing('four'),
      ),
      surveyed(),
    );
    const [, two, three, four] = commands(plan);
    assert.deepEqual(two, { kind: 'unknown-until', step: 'one' });
    assert.deepEqual(three, { kind: 'unknown-until', step: 'two' });
    assert.equal(four?.kind, 'exact');
  });

  it('are known when they read the result of a step that is skipped', () => {
    const never = fixing('one', { when: [condition(() => false)] });
    const after = fixing('two', {
      when: [condition((scope) => scope.steps.get('one')?.status === 'changed', { steps: ['one'] })],
    });
    const [one, two, three] = commands(planFor(withFix(never, after, fixing('three')), surveyed()));
    assert.equal(one?.kind, 'skipped');
    assert.equal(two?.kind, 'skipped');
    assert.equal(three?.kind, 'exact');
  });

  it('are unknown from a re-test on that follows a step', () => {
    const harder = fixing('two', { retest: constant(0) });
    const [, two, three] = commands(planFor(withFix(fixing('one'), harder, fixing('three')), surveyed()));
    assert.deepEqual(two, { kind: 'unknown-until', step: 'one' });
    assert.deepEqual(three, { kind: 'unknown-until', step: 'two' });
  });

  it('are exact for a re-test that nothing precedes', () => {
    const [one, two] = commands(planFor(withFix(fixing('one', { retest: constant(0) }), fixing('two')), surveyed()));
    assert.equal(one?.kind, 'exact');
    assert.equal(two?.kind, 'exact');
  });

  it('skip what serves no finding that is present', () => {
    const [one] = commands(planFor(withFix(fixing('one', { for: ['full'] }), fixing('two')), surveyed()));
    assert.deepEqual(one, { kind: 'skipped', reason: 'full: not present' });
  });

  it('show every item of a loop', () => {
    const each = fixing('each', {
      loop: constant(['a', 'b', 'c']),
      when: [condition((scope) => scope.item !== 'b')],
      params: expression((scope) => setTo(String(scope.item), 'x')),
    });
    const [one] = commands(planFor(withFix(each), surveyed()));
    assert.ok(one?.kind === 'exact');
    assert.deepEqual(
      one.items.map((item) => item.text),
      ['set a x', 'set c x'],
    );
  });

  describe('of a group with a loop', () => {
    const loop = { id: 'fix[0]', list: constant(['a', 'b']) };
    const each = (id: string, parts: Partial<Step> = {}): Step =>
      fixing(id, {
        groupLoops: [loop],
        name: text(({ item }) => `${id} ${String(item)}`),
        params: expression(({ item }) => setTo(`${String(item)}_${id}`, 'new')),
        ...parts,
      });

    it('show every item, and in each that of loops inside', () => {
      const own = each('own', {
        loop: constant([1, 2]),
        params: expression(({ item, outerItems = [] }) => setTo(`${String(outerItems[0]?.item)}${String(item)}`, 'x')),
      });
      const plan = planFor(withFix(each('x'), own), surveyed());
      const texts = commands(plan).map((command) =>
        command.kind === 'exact' ? command.items.map((item) => item.text) : [command.kind],
      );
      assert.deepEqual(texts, [
        ['set a_x new', 'set b_x new'],
        ['set a1 x', 'set a2 x', 'set b1 x', 'set b2 x'],
      ]);
      assert.equal(plan.steps[0]?.name, 'x a, x b');
    });

    it('are unknown until the step of the same item that they read', () => {
      const reads = each('y', {
        params: expression(({ steps }) => setTo(String(steps.get('x')?.output?.['before']), 'new'), { steps: ['x'] }),
      });
      const [, y] = commands(planFor(withFix(each('x'), reads), surveyed()));
      assert.deepEqual(y, { kind: 'unknown-until', step: 'x' });
    });

    it('are unknown when a re-test stands between one item and the next', () => {
      const fix = [each('x'), each('y', { retest: constant(0) }), fixing('after')];
      assert.deepEqual(
        commands(planFor(withFix(...fix), surveyed())),
        ['y', 'y', 'y'].map((id) => ({ kind: 'unknown-until', step: id })),
      );
      const once = { ...loop, list: constant(['a']) };
      const [x] = commands(planFor(withFix(...fix.map((one) => ({ ...one, groupLoops: [once] }))), surveyed()));
      assert.equal(x?.kind, 'exact');
    });

    it('leave the host alone when the list cannot be made', () => {
      const broken = { ...loop, list: expression(() => assert.fail('no list')) };
      assert.match(
        planFor(withFix(each('x', { groupLoops: [broken] })), surveyed()).reason,
        /cannot be sent: no list$/,
      );
    });

    it('are skipped when the list is empty', () => {
      const none = { ...loop, list: constant([]) };
      const [x] = commands(planFor(withFix(each('x', { groupLoops: [none] }), fixing('two')), surveyed()));
      assert.deepEqual(x, { kind: 'skipped', reason: 'its loop has no items' });
    });
  });

  it('never show a secret', () => {
    const quiet = {
      ...set,
      work: {
        kind: 'script' as const,
        compose: () => ({
          summary: 'set it',
          text: 'set "$W" "$1"',
          variables: { W: new Secret('hush') },
          env: { E: "it's" },
          args: ['plain', new Secret('hush')],
        }),
        interpret: () => assert.fail('it is not sent'),
      },
    };
    const [one] = commands(planFor(withFix(fixing('one', { action: quiet })), surveyed()));
    assert.ok(one?.kind === 'exact');
    assert.equal(one.items[0]?.text, `export E='it'\\''s'\nW=********\nset -- plain ********\nset "$W" "$1"`);
  });

  it('leave a host alone when what should be sent cannot be composed', () => {
    const missing = fixing('one', { params: expression((scope) => setTo('x', String(field(scope, 'unit', 'value')))) });
    const plan = planFor(withFix(missing), surveyed());
    assert.equal(plan.outcome, 'not-repaired');
    assert.match(plan.reason, /^one cannot be sent: unit has no result/);
    const wrong = fixing('one', { params: expression(() => assert.fail('no such thing')) });
    assert.equal(planFor(withFix(wrong), surveyed()).outcome, 'not-repaired');
  });

  it('leave a host alone when no step applies', () => {
    const plan = planFor(withFix(fixing('one', { when: [condition(() => false)] })), surveyed());
    assert.equal(plan.outcome, 'not-repaired');
    assert.match(plan.reason, /^no fix step applies: one: not needed/);
    assert.deepEqual(plan.steps, []);
  });
});

describe('the hash of a plan', () => {
  const hash = (book: Runbook, host = surveyed()): string => decide(book, [host], MADE).sha256;

  it('is the same for the same runbook and commands, whenever they were decided', () => {
    const book = withFix(fixing('one'));
    const later = decide(book, [surveyed()], { ...MADE, runId: 'run2', at: '2027-01-01T00:00:00Z' }).sha256;
    assert.equal(hash(book), later);
  });

  it('differs for another command, another runbook, another host', () => {
    const base = hash(withFix(fixing('one')));
    const others = [
      hash(withFix(fixing('one', { params: constant(setTo('one', 'old')) }))),
      hash({ ...withFix(fixing('one')), sha256: 'f'.repeat(64) }),
      hash(withFix(fixing('one')), surveyed([report('down', 'absent')])),
    ];
    assert.equal(new Set([base, ...others]).size, 4);
  });
});

describe('how a plan says that a step is undone', () => {
  const undoneBy = (...steps: readonly Step[]): string | undefined =>
    planFor(withFix(fixing('one', { undo: { kind: 'steps', steps } })), surveyed()).steps[0]?.undo;
  const undo = (parts: Partial<Step>): Step =>
    step({ id: 'undo', phase: 'rollback', action: set, params: setTo('one', 'old'), ...parts });

  it('by the name that the author gave', () => {
    assert.equal(undoneBy(undo({ name: text('Bring one back') })), 'undone by: Bring one back');
  });

  it('by the command where there is no such name', () => {
    assert.equal(undoneBy(undo({ name: text('set') })), 'undone by: set one old');
  });

  it('item by item in a loop, and never with an item that is unknown', () => {
    const name = text((scope) => `Bring ${String(scope.item)} back`);
    const looped = fixing('one', { loop: constant(['a', 'b']), undo: { kind: 'steps', steps: [undo({ name })] } });
    assert.equal(planFor(withFix(looped), surveyed()).steps[0]?.undo, 'undone by: Bring a back, Bring b back');
    const named = fixing('one', {
      loop: constant(['a', 'b']),
      undo: { kind: 'steps', steps: [undo({ name: text('set') })] },
    });
    assert.equal(planFor(withFix(named), surveyed()).steps[0]?.undo, 'undone by: set one old');
  });

  it('by the action where the command needs what the step will find', () => {
    const params = expression((scope) => setTo('one', String(field({ ...scope, steps: new Map() }, 'one', 'before'))));
    assert.equal(undoneBy(undo({ name: text('set'), params })), 'undone by: set');
  });
});

describe('how long a plan says that the proof must hold', () => {
  it('for as long as the runbook says for this host', () => {
    const verify = { soak: constant(20_000), within: constant(0), every: constant(0), steps: [] };
    assert.equal(planFor({ ...withFix(fixing('one')), verify }, surveyed()).soakMs, 20_000);
  });
});
