import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RunEvent, RunFinished } from '../../src/model/event.ts';
import type { CommandEnd } from '../../src/model/script.ts';
import type { Outcome } from '../../src/model/result.ts';
import type { Share, Step } from '../../src/model/runbook.ts';
import { StoreFailed } from '../../src/execute/record/recorder.ts';
import { constant, step, verifying } from '../support/runbook-builder.ts';
import { downRunbook, each, freeLock, startUnit, unitIsUp } from '../support/down-runbook.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { ANSWER, RunRig, YES } from '../support/run-rig.ts';
import { erase, ScriptedHost, set, setTo } from '../support/scripted-host.ts';

const NAMES = ['h0', 'h1', 'h2', 'h3'] as const;

const extra: readonly Step[] = [
  step({ id: 'config', phase: 'fix', action: set, params: setTo('config', 'new'), for: ['down'] }),
  { ...each, onFailure: 'continue' },
  step({ id: 'scrap', phase: 'fix', action: erase, params: setTo('scrap', 'gone'), for: ['down'] }),
];

const end: fc.Arbitrary<CommandEnd> = fc.oneof(
  fc.constant({ how: 'exit', code: 1 } as const),
  fc.constant({ how: 'lost' } as const),
  fc.record({ how: fc.constantFrom('timeout', 'cancelled'), gone: fc.boolean() } as const),
  fc.constant({ how: 'signal', signal: 'KILL' } as const),
  fc.constant({ how: 'not-started', why: 'no fork' } as const),
);

/** The n-th command that reaches the host ends so, with or without its work done. */
const fault = fc.record({ at: fc.nat(30), end, done: fc.boolean() });

const host = fc.record({
  unit: fc.constantFrom('up', 'down', 'down', 'down'),
  disk: fc.constantFrom('ok', 'ok', 'ok', 'full'),
  /** The world changes by itself between plan and fix. */
  heals: fc.constantFrom(false, false, false, true),
  dead: fc.constantFrom(false, false, false, false, false, true),
  latencyMs: fc.constantFrom(0, 0, 10, 7000),
  faults: fc.oneof(fc.array(fault, { maxLength: 0 }), fc.array(fault, { maxLength: 3 })),
});

/** The number of an event at which something happens to the run as a whole. */
const seldom = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 120 }) },
);

const scenario = fc.record({
  hosts: fc.array(host, { minLength: 1, maxLength: NAMES.length }),
  steps: fc
    .tuple(fc.subarray([freeLock, ...extra]), fc.constantFrom(true, true, true, false))
    .map(([steps, start]) => (start ? [...steps, startUnit] : steps)),
  retest: fc.constantFrom<'no' | number>('no', 0, 5000),
  soak: fc.constantFrom(0, 10_000),
  forks: fc.integer({ min: 1, max: 4 }),
  maxFailures: fc.constantFrom(1, 2, 1000),
  /** One host, then all others; else all at once. */
  canary: fc.boolean(),
  approval: fc.constantFrom<typeof YES | 'declined'>(YES, YES, ANSWER, 'declined'),
  storeFailsAt: seldom,
  stopAt: seldom,
  killToo: fc.boolean(),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

interface Told {
  readonly events: readonly RunEvent[];
  readonly hosts: Readonly<Record<string, ScriptedHost>>;
  readonly finished: RunFinished | 'store-failed';
}

async function play(told: Scenario): Promise<Told> {
  const clock = new FakeClock();
  const hosts = Object.fromEntries(told.hosts.map((plan, index) => [NAMES[index] ?? '', scripted(clock, plan, index)]));
  const fix = told.steps.map((one, index) =>
    index > 0 && told.retest !== 'no' ? { ...one, retest: constant(told.retest) } : one,
  );
  const base = downRunbook({ fix, verify: verifying([unitIsUp], { soak: told.soak, within: 4000 }) });
  const first: Share = told.canary ? { kind: 'hosts', hosts: 1 } : { kind: 'percent', percent: 100 };
  const batches: readonly Share[] = [first, { kind: 'percent', percent: 100 }];
  const maxFailures: Share = { kind: 'hosts', hosts: told.maxFailures };
  const runbook = { ...base, limits: { ...base.limits, batches, maxFailures } };
  const rig = new RunRig({ clock, runbook, hosts, forks: told.forks });
  rig.journal.failFrom = told.storeFailsAt ?? Number.POSITIVE_INFINITY;
  rig.journal.onCommit = (event) => {
    if (event.seq !== told.stopAt) return;
    rig.stop.abort('SIGINT');
    if (told.killToo) rig.kill.abort('SIGINT');
  };
  const heal = (): void => {
    for (const [index, plan] of told.hosts.entries())
      if (plan.heals) hosts[NAMES[index] ?? '']?.values.set('unit', 'up');
  };
  try {
    return { events: rig.journal.events, hosts, finished: await rig.go(told.approval, heal) };
  } catch (error) {
    assert.ok(error instanceof StoreFailed, String(error));
    return { events: rig.journal.events, hosts, finished: 'store-failed' };
  }
}

function scripted(clock: FakeClock, plan: Scenario['hosts'][number], index: number): ScriptedHost {
  const { unit, disk } = plan;
  const one = new ScriptedHost(clock, { unit, disk, lock: 'held', config: 'old' }, { boot_id: `boot-${index}` });
  one.latencyMs = plan.latencyMs;
  if (plan.dead) one.connectError = { code: 'connection-refused', message: 'refused' };
  one.fault = () => plan.faults.find(({ at }) => at === one.reached.length);
  return one;
}

const only = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

const BAD: ReadonlySet<Outcome> = new Set(['rolled-back', 'rollback-failed', 'unknown', 'unreachable']);

/** When hosts were begun with, and how those ended, by the event's number. */
function turnsIn(events: readonly RunEvent[]) {
  const begun = only(events, 'phase-started').filter(({ phase }) => phase === 'retest');
  const starts = new Map(begun.toReversed().map(({ host: name, seq }) => [name, seq]));
  const turns = [...starts].map(([name, from]) => ({
    name,
    from,
    end: only(events, 'host-finished').find((event) => event.host === name),
    attempt: only(events, 'attempt-begun').find((event) => event.host === name),
  }));
  return turns.toSorted((a, b) => a.from - b.from);
}

describe('any run, whatever hosts, connections, store and user do', function () {
  this.timeout(60_000);

  const always = (promise: string, holds: (told: Told, scene: Scenario) => void, runs = 250): void => {
    it(promise, async () => {
      await fc.assert(
        fc.asyncProperty(scenario, async (scene) => holds(await play(scene), scene)),
        { numRuns: runs },
      );
    });
  };

  always('changes a host only after the intent is durable, one change at a time', ({ events, hosts }) => {
    for (const [name, { reached, changes }] of Object.entries(hosts)) {
      const intents = only(events, 'step-intended').filter((event) => event.host === name);
      assert.deepEqual(
        changes,
        intents.slice(0, changes.length).map(({ text }) => text),
      );
      const sent = reached.filter(({ effect }) => effect === 'changes');
      for (const [index, change] of sent.entries()) {
        const next = sent[index + 1];
        assert.ok(next === undefined || next.from >= change.to);
      }
    }
  });

  always(
    'fixes only what the last re-test before it found on that host, and nothing on a blocked one',
    ({ events }) => {
      for (const intent of only(events, 'step-intended').filter(({ phase }) => phase === 'fix')) {
        const before = only(events, 'findings-evaluated').filter(
          ({ host: name, seq }) => name === intent.host && seq < intent.seq,
        );
        const first = before.find(({ moment }) => moment === 'retest');
        assert.equal(first?.findings.find(({ name }) => name === 'down')?.state, 'present');
        assert.equal(first.findings.find(({ name }) => name === 'full')?.state, 'absent');
      }
    },
  );

  always(
    'changes nothing without approval, and nothing that the plan does not say needs a fix',
    ({ events, hosts }, { approval }) => {
      const [plan] = only(events, 'plan-made');
      for (const [name, { changes }] of Object.entries(hosts)) {
        if (changes.length === 0) continue;
        assert.notEqual(approval, 'declined');
        assert.equal(plan?.plan.hosts.find(({ host: planned }) => planned === name)?.outcome, 'needs-fix');
      }
    },
  );

  always('ends every host exactly once and says so last, and its outcomes add up', ({ events, hosts, finished }) => {
    const ended = only(events, 'host-finished').map(({ host: name }) => name);
    assert.equal(new Set(ended).size, ended.length);
    if (finished === 'store-failed') {
      assert.equal(only(events, 'run-finished').length, 0);
      return;
    }
    assert.deepEqual(ended.toSorted(), Object.keys(hosts).toSorted());
    assert.equal(events.at(-1)?.type, 'run-finished');
    const sum = Object.values(finished.counts).reduce((total, count) => total + count, 0);
    assert.equal(sum, ended.length);
  });

  always('numbers its events without gaps, and keeps those of one execution in order', ({ events }) => {
    assert.deepEqual(
      events.map(({ seq }) => seq),
      events.map((_event, index) => index + 1),
    );
    const begun = new Set<string>();
    for (const event of events) {
      if (event.type === 'step-started' || event.type === 'step-intended')
        begun.add(`${event.host} ${event.execution}`);
      if (event.type === 'evidence') assert.ok(begun.has(`${event.host} ${event.execution}`));
      if (event.type === 'step-ended' && event.execution !== '') {
        assert.ok(begun.delete(`${event.host} ${event.execution}`), 'an end without a start, or a second end');
      }
    }
  });

  always(
    'calls a host repaired only when its unit is up, proven, and rolled back only when all is as found',
    ({ events, hosts, finished }) => {
      if (finished === 'store-failed') return;
      for (const [name, { outcome, changes }] of Object.entries(finished.hosts)) {
        const values = hosts[name]?.values;
        if (outcome === 'repaired') {
          assert.equal(values?.get('unit'), 'up');
          assert.ok(only(events, 'proof-round').some((round) => round.host === name && round.passed));
        }
        if (outcome === 'rolled-back') assert.equal(values?.get('lock'), 'held');
        if (outcome === 'healthy' || outcome === 'not-started' || outcome === 'refused' || outcome === 'unreachable') {
          assert.equal(changes, 0);
          assert.deepEqual(
            only(events, 'step-intended').filter((intent) => intent.host === name),
            [],
          );
        }
      }
    },
  );

  always('ends a host unknown, with nothing after, when a change may or may not have run', ({ events, finished }) => {
    for (const open of only(events, 'step-ended').filter(({ status }) => status === 'unknown')) {
      const later = events.filter(({ seq }) => seq > open.seq);
      assert.ok(!only(later, 'step-intended').some(({ host: name }) => name === open.host));
      if (finished !== 'store-failed') assert.equal(finished.hosts[open.host]?.outcome, 'unknown');
    }
  });

  always('begins with no host once so many have failed as may', ({ events }, { maxFailures }) => {
    const turns = turnsIn(events);
    const failed = turns.filter(({ end: ended, attempt }) => {
      if (ended?.outcome === 'not-repaired') return attempt !== undefined;
      return ended !== undefined && BAD.has(ended.outcome);
    });
    for (const { from } of turns) {
      assert.ok(failed.filter(({ end: ended }) => (ended?.seq ?? 0) < from).length < maxFailures);
    }
  });

  always('works on the canary alone until it was changed and has ended', ({ events }, { canary }) => {
    const turns = turnsIn(events);
    const proven = turns.filter(({ attempt }) => attempt !== undefined).map(({ end: ended }) => ended?.seq ?? Infinity);
    const untilThen = turns.filter(({ from }) => canary && from < Math.min(...proven));
    for (const [index, { end: ended }] of untilThen.entries()) {
      const next = untilThen[index + 1];
      assert.ok(next === undefined || (ended?.seq ?? Infinity) < next.from);
    }
  });

  always('has one attempt in the record before the first change of a host, and none without', ({ events, hosts }) => {
    for (const name of Object.keys(hosts)) {
      const own = events.filter((event) => 'host' in event && event.host === name);
      const begun = only(own, 'attempt-begun').map(({ seq }) => seq);
      const intended = only(own, 'step-intended').map(({ seq }) => seq);
      assert.equal(begun.length, Math.min(1, intended.length + begun.length));
      if (intended.length > 0) assert.ok((begun[0] ?? Infinity) < Math.min(...intended));
    }
  });

  always('starts nothing more after the store has failed', ({ events, hosts, finished }, { storeFailsAt }) => {
    if (finished !== 'store-failed') return;
    assert.ok(storeFailsAt !== undefined && events.every(({ seq }) => seq < storeFailsAt));
    const intended = only(events, 'step-intended').length;
    const changed = Object.values(hosts).reduce((total, { changes }) => total + changes.length, 0);
    assert.ok(changed <= intended);
  });
});
