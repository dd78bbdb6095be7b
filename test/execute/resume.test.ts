import assert from 'node:assert/strict';
import type { RunFinished } from '../../src/model/event.ts';
import type { Step } from '../../src/model/runbook.ts';
import { condition, constant, expression, field, resultField, step, verifying } from '../support/runbook-builder.ts';
import { drain, FIX, putBack } from '../support/balanced-pool.ts';
import { downRunbook, SICK, startUnit, unitIsUp } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ResumeRig, type ResumeOptions } from '../support/resume-rig.ts';
import { erase, look, ScriptedHost, set, setTo } from '../support/scripted-host.ts';

type Scenario = () => ResumeOptions;

const fixStep = (id: string, parts: Partial<Step> = {}): Step =>
  step({ id, phase: 'fix', action: set, params: setTo(id, 'new'), for: ['down'], ...parts });

/** Sets `ID_ITEM...`. */
const forItems = (id: string, parts: Partial<Step>): Step =>
  fixStep(id, {
    params: expression(({ item, outerItems = [] }) =>
      setTo([id, ...outerItems.map((outer) => outer.item), item].join('_'), 'new'),
    ),
    ...parts,
  });

function scenario(
  fix: readonly Step[],
  {
    names = ['web01'],
    values = {},
    ...parts
  }: Partial<ResumeOptions['runbook']> & {
    readonly names?: readonly string[];
    readonly values?: Readonly<Record<string, string>>;
  } = {},
): Scenario {
  return () => {
    const clock = new FakeClock();
    const hosts = Object.fromEntries(
      names.map((name) => [
        name,
        new ScriptedHost(clock, { ...SICK, ...values }, { boot_id: `boot-${name}`, machine_id: name }),
      ]),
    );
    for (const host of Object.values(hosts)) host.latencyMs = 100;
    return { clock, hosts, runbook: downRunbook({ fix, ...parts }) };
  };
}

/** Items that the diagnosis lists as long as they are `old` on the host, for loops whose list shrinks with each that is done. */
const oldOnes = [
  step({ id: 'p', action: look, params: { key: 'each_p' } }),
  step({ id: 'q', action: look, params: { key: 'each_q' } }),
];
const stillOld = expression((scope) => ['p', 'q'].filter((id) => field(scope, id, 'value') === 'old'), {
  steps: ['p', 'q'],
});
const base = downRunbook();
const shrinking = { diagnose: [...base.diagnose, ...oldOnes], values: { each_p: 'old', each_q: 'old' } };

const letters = { id: 'fix[0]', list: constant(['a', 'b']) };
const failingVerify = {
  verify: verifying([{ ...unitIsUp, expect: [condition((scope) => resultField(scope, 'value') === 'never')] }], {
    within: 3000,
  }),
};
const declared = (id: string): Partial<Step> => ({
  undo: {
    kind: 'steps',
    steps: [
      fixStep(`${id}_back`, {
        phase: 'rollback',
        for: [],
        params: constant(setTo(`${id}_back`, 'done')),
        onFailure: 'continue',
      }),
      fixStep(`${id}_after`, {
        phase: 'rollback',
        for: [],
        params: expression((scope) => setTo(`${id}_after`, String(scope.result?.output?.['before']))),
        onFailure: 'continue',
      }),
    ],
  },
});
const canary = {
  limits: {
    ...base.limits,
    batches: [
      { kind: 'hosts', hosts: 1 },
      { kind: 'percent', percent: 100 },
    ] as const,
  },
};
const FLEET = ['web01', 'web02', 'web03'];

/** It is only up after the third try. */
const untilUp = fixStep('again', {
  until: {
    condition: condition((scope) => resultField(scope, 'before') === 'new'),
    retries: 4,
    delayMs: constant(1000),
  },
});

/** Two hosts behind a load balancer. */
function pooled(fix: readonly Step[], parts: Partial<ResumeOptions['runbook']> = {}): Scenario {
  return () => {
    const made = scenario(fix, { ...canary, ...parts, names: ['web01', 'web02'] })();
    const lb01 = new ScriptedHost(made.clock, {}, { boot_id: 'boot-lb01', machine_id: 'lb01' });
    return { ...made, delegates: { lb01 }, params: { balancer: 'lb01' } };
  };
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a plain fix': scenario([fixStep('one'), fixStep('two'), startUnit]),
  'a fix whose first step removes the symptom': scenario([startUnit, fixStep('after')]),
  'a loop': scenario([forItems('each', { loop: constant(['p', 'q', 'r']) }), startUnit]),
  'a loop whose list shrinks': scenario([forItems('each', { loop: stillOld }), startUnit], shrinking),
  'a group with a loop': scenario([
    forItems('x', { groupLoops: [letters] }),
    forItems('y', { groupLoops: [letters], loop: constant([1, 2]) }),
    startUnit,
  ]),
  'a group with a loop whose list shrinks': scenario(
    [
      forItems('each', { groupLoops: [{ id: 'fix[0]', list: stillOld }] }),
      forItems('more', { groupLoops: [], params: constant(setTo('more', 'new')) }),
      startUnit,
    ],
    shrinking,
  ),
  'a step that is skipped, and a read': scenario([
    fixStep('never', { when: [condition(() => false)] }),
    step({ id: 'seen', phase: 'fix', action: look, params: { key: 'lock' }, for: ['down'] }),
    fixStep('with', { params: expression((scope) => setTo('with', field(scope, 'seen', 'value') as string)) }),
    startUnit,
  ]),
  'a step that is repeated until': scenario([untilUp, startUnit]),
  'an undo after a proof that fails': scenario([fixStep('one'), fixStep('two'), startUnit], failingVerify),
  'an undo of loops': scenario(
    [forItems('each', { loop: constant(['p', 'q']) }), forItems('x', { groupLoops: [letters] }), startUnit],
    failingVerify,
  ),
  'a declared undo, and what cannot be undone': scenario(
    [fixStep('one', declared('one')), fixStep('gone', { action: erase }), startUnit],
    { ...failingVerify, rollback: [fixStep('last', { phase: 'rollback', for: [], onFailure: 'continue' })] },
  ),
  'an undo of a step that was repeated': scenario([untilUp, startUnit], failingVerify),
  'several hosts in batches': scenario([fixStep('one'), startUnit], { ...canary, names: FLEET }),
  'several hosts that share a step': scenario([fixStep('shared', { once: true }), startUnit], {
    ...canary,
    names: FLEET,
  }),
  'several hosts that share the items of a loop, at once': scenario(
    [forItems('shared', { once: true, loop: constant(['p', 'q']) }), startUnit],
    { names: FLEET },
  ),
  'a step that fails': scenario([fixStep('one'), fixStep('bad', { expect: [condition(() => false)] }), startUnit]),
  'steps on another host': pooled(FIX),
  'steps on another host that are undone': pooled(FIX, failingVerify),
  'steps on another host that one host carries out for all': pooled([{ ...drain, once: true }, startUnit, putBack]),
  no_log: scenario([fixStep('quiet', { noLog: true }), fixStep('one'), startUnit]),
};

/** What an observer of the hosts can tell of a run. */
function effectsOf({ hosts, delegates }: ResumeOptions) {
  return Object.fromEntries(
    Object.entries({ ...hosts, ...delegates }).map(([name, host]) => [
      name,
      { sent: host.changes, values: Object.fromEntries(host.values) },
    ]),
  );
}

const outcomesOf = (finished: RunFinished | undefined) =>
  Object.entries(finished?.hosts ?? {})
    .map(([name, { outcome, changes }]) => `${name} ${outcome} ${changes}`)
    .toSorted();

describe('a run that is cut short at any event and resumed', function () {
  this.timeout(120_000);

  for (const [what, make] of Object.entries(SCENARIOS)) {
    it(`does what it does without the cut: ${what}`, async () => {
      const whole = make();
      const uncut = new ResumeRig(whole);
      const finished = await uncut.run();
      const all = uncut.events.length;
      const approvedAt = uncut.events.find(({ type }) => type === 'approved')?.seq ?? all;
      // With several hosts each story is long: every third event, told and untold in turn.
      const isLong = Object.keys(whole.hosts).length > 1;
      for (let after = 1; after < all; after += isLong ? 3 : 1) {
        for (const told of isLong ? [after % 2 === 0] : [false, true]) {
          const options = make();
          const rig = new ResumeRig(options);
          const cut = `cut after event ${after} (${uncut.events[after - 1]?.type}), ${told ? 'told' : 'untold'}`;
          assert.equal(await rig.run({ after, told }), undefined, cut);
          const resumed = await rig.resume();
          if (after < approvedAt) {
            assert.equal(resumed, undefined);
            assert.ok(Object.values(options.hosts).every(({ changes }) => changes.length === 0));
            continue;
          }
          const story = () => JSON.stringify(rig.events.slice(approvedAt), undefined, 1).slice(0, 20_000);
          if (resumed !== undefined) assert.deepEqual(outcomesOf(resumed), outcomesOf(finished), `${cut}\n${story()}`);
          assert.deepEqual(effectsOf(options), effectsOf(whole), cut);
        }
      }
    });
  }
});
