import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RunEvent, RunFinished } from '../../src/model/event.ts';
import type { Share, Step } from '../../src/model/runbook.ts';
import type { CommandEnd } from '../../src/model/script.ts';
import { constant, expression, step, verifying } from '../support/runbook-builder.ts';
import { downRunbook, SICK, startUnit, unitIsUp } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RunRig } from '../support/run-rig.ts';
import { erase, look, ScriptedHost, set, setTo, type Reached } from '../support/scripted-host.ts';

const HOSTS = ['h0', 'h1', 'h2'] as const;
const OTHERS = ['lb0', 'lb1'] as const;
type Name = (typeof HOSTS)[number] | (typeof OTHERS)[number];

interface Written {
  readonly kind: 'change' | 'gone' | 'look';
  /** Empty: the host itself. A host of the run may be delegated to as well. */
  readonly to: '' | Name;
  readonly once: boolean;
  readonly items: number;
  readonly lenient: boolean;
}

const written: fc.Arbitrary<Written> = fc.record({
  kind: fc.constantFrom('change', 'change', 'change', 'gone', 'look'),
  to: fc.constantFrom<Written['to']>('', '', ...OTHERS, 'lb0', 'h0'),
  once: fc.constantFrom(true, false, false),
  items: fc.constantFrom(1, 1, 1, 0, 2, 3),
  lenient: fc.boolean(),
});

const end: fc.Arbitrary<{ readonly end: CommandEnd; readonly done: boolean }> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ end: { how: 'exit', code: 1 } as const, done: false }) },
  fc.record({ end: fc.constant({ how: 'lost' } as const), done: fc.boolean() }),
  fc.record({ end: fc.record({ how: fc.constant('timeout' as const), gone: fc.boolean() }), done: fc.boolean() }),
  fc.constant({ end: { how: 'not-started', why: 'no fork' } as const, done: false }),
);

/** The n-th command that reaches the host ends so, with or without its work done. */
const machine = fc.record({
  latencyMs: fc.constantFrom(0, 10, 25, 7000, 70_000),
  faults: fc.array(fc.record({ at: fc.nat(25), how: end }), { maxLength: 2 }),
});

const scenario = fc.record({
  steps: fc.array(written, { minLength: 1, maxLength: 5 }),
  machines: fc.record({ h0: machine, h1: machine, h2: machine, lb0: machine, lb1: machine }),
  provable: fc.boolean(),
  canary: fc.boolean(),
  forks: fc.integer({ min: 1, max: 3 }),
  stopAt: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(120) }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

const ACTION = { change: set, gone: erase, look } as const;

/** A command names its step and item, and with `once` nobody's host. */
function asStep({ kind, to, once, items, lenient }: Written, index: number): Step {
  const id = `s${index}`;
  return step({
    id,
    phase: 'fix',
    action: ACTION[kind],
    for: ['down'],
    ...(items !== 1 && { loop: constant(Array.from({ length: items }, (_, item) => item)) }),
    params: expression(({ host, item = 0 }) => setTo(`${id}@${once ? 'all' : host.name}@${String(item)}`, 'new')),
    ...(to !== '' && { delegate: constant(to) }),
    ...(once && { once }),
    onFailure: lenient ? 'continue' : 'stop',
  });
}

interface Told {
  readonly events: readonly RunEvent[];
  readonly machines: Readonly<Record<Name, ScriptedHost>>;
  readonly finished: RunFinished;
}

async function play(scene: Scenario): Promise<Told> {
  const clock = new FakeClock();
  const make = (name: Name): ScriptedHost => {
    const { latencyMs, faults } = scene.machines[name];
    const one = new ScriptedHost(clock, SICK, { boot_id: name, machine_id: name });
    one.latencyMs = latencyMs;
    one.fault = () => faults.find(({ at }) => at === one.reached.length)?.how;
    return one;
  };
  const [h0, h1, h2, lb0, lb1] = [make('h0'), make('h1'), make('h2'), make('lb0'), make('lb1')];
  const base = downRunbook({
    fix: [...scene.steps.map(asStep), ...(scene.provable ? [startUnit] : [])],
    verify: verifying([unitIsUp], { soak: 0, within: 0 }),
  });
  const first: Share = scene.canary ? { kind: 'hosts', hosts: 1 } : { kind: 'percent', percent: 100 };
  const runbook = { ...base, limits: { ...base.limits, batches: [first, { kind: 'percent', percent: 100 } as const] } };
  const rig = new RunRig({ clock, runbook, hosts: { h0, h1, h2 }, delegates: { lb0, lb1 }, forks: scene.forks });
  rig.journal.onCommit = ({ seq }) => {
    if (seq === scene.stopAt) rig.stop.abort('SIGINT');
  };
  return { finished: await rig.go(), events: rig.journal.events, machines: { h0, h1, h2, lb0, lb1 } };
}

const only = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

const changesOf = ({ reached }: ScriptedHost): readonly Reached[] =>
  reached.filter(({ effect }) => effect === 'changes');

describe('any run with steps that are delegated and carried out once', function () {
  this.timeout(60_000);

  const always = (promise: string, holds: (told: Told, scene: Scenario) => void): void => {
    it(promise, async () => {
      await fc.assert(
        fc.asyncProperty(scenario, async (scene) => holds(await play(scene), scene)),
        { numRuns: 120 },
      );
    });
  };

  always('sends every change to the one host that its intent names, after that, one at a time there', (told) => {
    const intents = only(told.events, 'step-intended');
    const unsent = new Set(
      only(told.events, 'step-ended')
        .filter(({ notStarted, reason }) => notStarted === true && reason === 'lost')
        .map(({ host, execution }) => `${host} ${execution}`),
    );
    for (const [name, machineThere] of Object.entries(told.machines)) {
      const sent = changesOf(machineThere);
      const named = intents
        .filter(({ host, on = host, execution }) => on === name && !unsent.has(`${host} ${execution}`))
        .map(({ text }) => text);
      assert.deepEqual(sent.map(({ text }) => text).toSorted(), named.slice(0, sent.length).toSorted());
      for (const [index, { from }] of sent.entries()) assert.ok(index === 0 || from >= (sent[index - 1]?.to ?? 0));
    }
    const claims = intents.map(({ host, on = host, execution, attempt }) => `${on} ${execution}.${attempt}`);
    assert.equal(new Set(claims).size, claims.length);
  });

  always('sends no command of a fix twice, and one that is once for a single host', ({ events }) => {
    const texts = only(events, 'step-intended').filter(({ phase, step: id }) => phase === 'fix' && id !== 'start');
    const ended = new Map(
      only(events, 'step-ended').map((event) => [`${event.host} ${event.execution}`, event] as const),
    );
    const begun = texts.filter(({ host, execution }) => ended.get(`${host} ${execution}`)?.notStarted !== true);
    assert.equal(new Set(begun.map(({ text }) => text)).size, begun.length);
  });

  always('undoes what it changed where it changed it, in reverse order', ({ events, finished }) => {
    const intents = only(events, 'step-intended');
    const changed = new Set(
      only(events, 'step-ended')
        .filter(({ status }) => status === 'changed')
        .map(({ host, execution }) => `${host} ${execution}`),
    );
    for (const [name, { outcome, reason }] of Object.entries(finished.hosts)) {
      if (outcome !== 'rolled-back') continue;
      const own = intents.filter(({ host }) => host === name);
      const key = ({ on = name, text }: { readonly on?: string; readonly text: string }): string =>
        `${on} ${text.split(' ')[1]}`;
      // Of one step some items may be kept for others, and some not.
      const isKept = ({ step: id, on }: (typeof own)[number]): boolean =>
        reason.includes(`${id.replace('.undo', '')}${on === undefined ? '' : ` on ${on}`} (kept`);
      const told = own.filter((intent) => intent.action === 'set' && !isKept(intent));
      const wanted = told
        .filter(({ phase, execution }) => phase === 'fix' && changed.has(`${name} ${execution}`))
        .map(key);
      const undone = told.filter(({ phase }) => phase === 'rollback').map(key);
      assert.deepEqual(undone, wanted.toReversed());
    }
  });

  always(
    'shares the result of one host with all that say so, and nobody goes on with what was undone',
    ({ events }) => {
      const shared = only(events, 'step-ended').filter(({ onceBy, status }) => onceBy !== undefined && status === 'ok');
      for (const { host, onceBy, step: id } of shared) {
        assert.notEqual(host, onceBy);
        const own = only(events, 'step-ended').filter((event) => event.host === onceBy && event.step === id);
        assert.ok(own.some(({ status, onceBy: by }) => by === undefined && (status === 'changed' || status === 'ok')));
      }
    },
  );

  always('ends every host of the run once, no other one, and never because of a bug', ({ events, finished }) => {
    const ended = only(events, 'host-finished');
    assert.deepEqual(ended.map(({ host }) => host).toSorted(), [...HOSTS]);
    assert.deepEqual(Object.keys(finished.hosts).toSorted(), [...HOSTS]);
    assert.ok(ended.every(({ error }) => error?.code !== 'internal'));
  });

  always('calls a host rolled back only when all of it is as it was found', ({ finished, machines }, { steps }) => {
    for (const [name, { outcome }] of Object.entries(finished.hosts)) {
      if (outcome !== 'rolled-back') continue;
      for (const [index, { kind, once, to }] of steps.entries()) {
        if (kind !== 'change' || once) continue;
        for (const item of [0, 1, 2]) {
          const at = machines[to === '' ? (name as Name) : to];
          assert.equal(at.values.get(`s${index}@${name}@${item}`) ?? '', '');
        }
      }
    }
  });
});
