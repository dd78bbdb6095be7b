import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Gate } from '../../../src/execute/limits/gate.ts';
import { KeepWatch } from '../../../src/execute/limits/keep-watch.ts';
import { actInBatches } from '../../../src/execute/limits/schedule.ts';
import type { LimitReached } from '../../../src/model/event.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { Outcome } from '../../../src/model/result.ts';
import type { Limits, Runbook } from '../../../src/model/runbook.ts';
import type { SurveyedHost } from '../../../src/model/survey.ts';
import { decide } from '../../../src/plan/decide.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { downRunbook } from '../../support/down-runbook.ts';
import { boundHost, FACTS } from '../../support/scripted-host.ts';

const RUNS = 100_000;
const GROUP = 'web';
const RUNBOOK = downRunbook();

type State = 'sick' | 'healthy' | 'blocked' | 'unreachable' | 'tried';

interface Told {
  readonly state: State;
  readonly isMember: boolean;
  /** How it would end if it were acted on, and after which time. */
  readonly outcome: Outcome;
  readonly attempted: boolean;
  readonly durationMs: number;
}

const host: fc.Arbitrary<Told> = fc.record({
  state: fc.constantFrom<State>(
    'sick',
    'sick',
    'sick',
    'sick',
    'healthy',
    'healthy',
    'blocked',
    'unreachable',
    'tried',
  ),
  isMember: fc.boolean(),
  outcome: fc.constantFrom<Outcome>(
    ...(['repaired', 'repaired', 'repaired', 'repaired', 'healthy', 'not-repaired', 'rolled-back'] as const),
    ...(['rollback-failed', 'unknown', 'unreachable', 'refused', 'not-applicable'] as const),
  ),
  attempted: fc.constantFrom(true, true, true, false),
  durationMs: fc.nat(100),
});

const share = fc.oneof(
  fc.record({ kind: fc.constant('hosts' as const), hosts: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('percent' as const), percent: fc.integer({ min: 1, max: 100 }) }),
);

const scenario = fc.record({
  hosts: fc.array(host, { maxLength: 16 }),
  forks: fc.integer({ min: 1, max: 6 }),
  batches: fc.array(share, { minLength: 1, maxLength: 4 }),
  maxFailures: share,
  maxUnreachable: share,
  brakePercent: fc.constantFrom(100, 100, 80, 40, 10),
  keep: fc.constantFrom(0, 0, 1, 2, 4),
  /** Else only the scheduler knows of it, as if hosts had been healthy when the plan was made. */
  isKeepPlanned: fc.boolean(),
  runTimeoutMs: fc.constantFrom(1_000_000, 1_000_000, 1_000_000, 150, 1),
  stopAtMs: fc.constantFrom(undefined, undefined, undefined, 0, 120),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

/** What became of a run; `start` and `end` in milliseconds of its clock. */
interface Played {
  readonly plan: Plan;
  readonly acted: readonly Acted[];
  readonly ends: ReadonlyMap<string, Outcome>;
  readonly reached: readonly LimitReached['limit'][];
}

interface Acted {
  readonly name: string;
  readonly told: Told;
  readonly start: number;
  /** What had ended, and what was running, when it was started. */
  readonly endedBefore: readonly Acted[];
  readonly runningBefore: readonly Acted[];
}

/** The real decision and the real scheduler, over hosts that only say how they end. */
async function play(scene: Scenario): Promise<Played> {
  const clock = new FakeClock();
  const stop = new AbortController();
  const named = new Map(scene.hosts.map((told, index) => [`h${index}`, told]));
  const plan = decide(runbookOf(scene), [...named].map(surveyed), {
    runId: 'run1',
    at: '2026-01-01T00:00:00Z',
    attempts: attemptsOf(named),
  });
  const ends = new Map<string, Outcome>();
  const end = (name: string, outcome: Outcome): void => {
    assert.ok(!ends.has(name), `${name} ended twice`);
    ends.set(name, outcome);
  };
  const reached: LimitReached['limit'][] = [];
  for (const { host: name, outcome } of plan.hosts) {
    if (outcome !== 'needs-fix') end(name, outcome);
    else if (plan.stop !== undefined) end(name, 'not-started');
  }
  const acted: Acted[] = [];
  if (plan.stop === undefined) {
    if (scene.stopAtMs !== undefined) void clock.sleep(scene.stopAtMs).then(() => stop.abort('SIGINT'));
    const running = new Set<Acted>();
    const ended: Acted[] = [];
    const members = new Set([...named].filter(([, { isMember }]) => isMember).map(([name]) => name));
    const { maxFailures } = plan;
    await actInBatches({
      batches: plan.batches,
      canary: plan.batches[0]?.length ?? 1,
      forks: scene.forks,
      gate: new Gate({ maxFailures, runTimeoutMs: scene.runTimeoutMs, clock, stop: stop.signal }),
      keep: new KeepWatch(keepOf(scene), members, healthyIn(named)),
      act: async (name) => {
        const told = named.get(name);
        assert.ok(told !== undefined && !stop.signal.aborted);
        const one = { name, told, start: clock.monotonic(), endedBefore: [...ended], runningBefore: [...running] };
        acted.push(one);
        running.add(one);
        await clock.sleep(told.durationMs);
        running.delete(one);
        ended.push(one);
        end(name, told.outcome);
        return told;
      },
      leave: (name) => Promise.resolve(end(name, 'not-started')),
      tell: (event) => {
        if (event.type === 'limit-reached') reached.push(event.limit);
        return Promise.resolve();
      },
    });
  }
  return { plan, acted, ends, reached };
}

function runbookOf(scene: Scenario): Runbook {
  const { batches, maxFailures, maxUnreachable, brakePercent, runTimeoutMs } = scene;
  const keep = keepOf(scene);
  const limits: Limits = {
    ...RUNBOOK.limits,
    ...{ batches, maxFailures, maxUnreachable, brakePercent, runTimeoutMs },
    ...(scene.isKeepPlanned && keep !== undefined && { keep }),
    attempts: { max: 1, perMs: 3_600_000 },
  };
  return { ...RUNBOOK, limits };
}

const keepOf = ({ keep }: Scenario): Plan['keep'] => (keep > 0 ? { group: GROUP, healthy: keep } : undefined);

function surveyed([name, { state, isMember }]: [string, Told]): SurveyedHost {
  const bound = boundHost(name);
  const at = { ...bound, host: { ...bound.host, groups: isMember ? [GROUP] : [] } };
  if (state === 'unreachable') {
    return { state, host: at, error: { code: 'connection-refused', message: 'refused' } };
  }
  const report = { summary: '', advice: '' };
  const down = {
    ...report,
    name: 'down',
    severity: 'problem',
    state: state === 'healthy' ? 'absent' : 'present',
  } as const;
  const full = {
    ...report,
    name: 'full',
    severity: 'blocks',
    state: state === 'blocked' ? 'present' : 'absent',
  } as const;
  const findings = new Map([down, full].map((each) => [each.name, { present: each.state === 'present', summary: '' }]));
  const scope = { params: {}, host: { ...FACTS, ...at.host }, steps: new Map(), findings, time: { now: FACTS.time } };
  const diagnosis = { applies: { kind: 'yes' }, findings: [full, down] } as const;
  return { state: 'surveyed', host: at, machine: name, diagnosis, scope, looks: new Map() };
}

function attemptsOf(named: ReadonlyMap<string, Told>) {
  const tried = [...named].filter(([, { state }]) => state === 'tried').map(([name]) => name);
  const attempt = { runId: 'run0', runbook: 'test', findings: ['down'], begunAt: '2025-12-31T23:59:00Z' };
  return tried.map((name) => ({ ...attempt, host: name, machine: name }));
}

const healthyIn = (named: ReadonlyMap<string, Told>): readonly string[] =>
  [...named].filter(([, { state }]) => state === 'healthy').map(([name]) => name);

const count = (hosts: readonly Told[], ...states: readonly State[]): number =>
  hosts.filter(({ state }) => states.includes(state)).length;

/** Bad ends, and no repair although something was tried. */
const BAD: readonly Outcome[] = ['rolled-back', 'rollback-failed', 'unknown', 'unreachable'];

const failuresIn = (acted: readonly Acted[]): number =>
  acted.filter(({ told }) => BAD.includes(told.outcome) || (told.outcome === 'not-repaired' && told.attempted)).length;

const mostFailures = ({ maxFailures, hosts }: Scenario): number =>
  maxFailures.kind === 'hosts'
    ? maxFailures.hosts
    : Math.max(1, Math.floor((maxFailures.percent * hosts.length) / 100));

const healthyAtFirst = ({ hosts }: Scenario): number =>
  hosts.filter(({ state, isMember }) => isMember && state === 'healthy').length;

/** Healthy hosts of the group, from the survey or since, when `one` was started. */
function healthyOthers(scene: Scenario, { endedBefore }: Acted): number {
  const since = endedBefore.filter(({ told }) => told.outcome === 'repaired' || told.outcome === 'healthy');
  return healthyAtFirst(scene) + since.filter(({ told }) => told.isMember).length;
}

describe(`limits, in ${RUNS} runs of any hosts, failures and times`, function () {
  this.timeout(300_000);

  const promises: Readonly<Record<string, (scene: Scenario, played: Played) => void>> = {
    'ends every selected host exactly once': ({ hosts }, { ends }) => {
      assert.equal(ends.size, hosts.length);
    },
    'acts on nothing twice, and only on what is sick and was not tried lately': (_scene, { acted }) => {
      assert.equal(new Set(acted.map(({ name }) => name)).size, acted.length);
      for (const { told } of acted) assert.equal(told.state, 'sick');
    },
    'acts on nothing in an empty selection': ({ hosts }, { acted }) => {
      if (hosts.length === 0) assert.deepEqual(acted, []);
    },
    'changes nothing when too many cannot be reached': ({ hosts, maxUnreachable }, { acted, plan }) => {
      const most =
        maxUnreachable.kind === 'hosts'
          ? maxUnreachable.hosts
          : Math.max(3, Math.floor((maxUnreachable.percent * hosts.length) / 100));
      if (count(hosts, 'unreachable') <= most) return assert.notEqual(plan.stop?.limit, 'max_unreachable');
      assert.equal(plan.stop?.limit, 'max_unreachable');
      assert.deepEqual(acted, []);
    },
    'changes nothing when too many have the same finding': ({ hosts, brakePercent }, { acted, plan }) => {
      const sick = count(hosts, 'sick', 'blocked', 'tried');
      const percent = (sick * 100) / count(hosts, 'sick', 'blocked', 'tried', 'healthy');
      if (sick < 3 || percent <= brakePercent) return assert.notEqual(plan.stop?.limit, 'brake');
      assert.deepEqual(acted, []);
    },
    'works on no more hosts at once than it may, and on the canary alone until one was changed': (
      { forks },
      { acted, plan },
    ) => {
      const canary = plan.batches[0]?.length ?? 0;
      for (const { endedBefore, runningBefore } of acted) {
        const isProven = endedBefore.some(({ told }) => told.attempted);
        assert.ok(runningBefore.length < Math.min(forks, isProven ? forks : canary));
      }
    },
    'begins a batch when all hosts of the one before have ended': (_scene, { acted, plan }) => {
      const batchOf = ({ name }: Acted): number => plan.batches.findIndex((batch) => batch.includes(name));
      for (const one of acted) {
        assert.ok(one.runningBefore.every((other) => batchOf(other) === batchOf(one)));
        assert.ok(one.endedBefore.every((other) => batchOf(other) <= batchOf(one)));
      }
    },
    'starts no host once max_failures is reached, so that no more than those at work exceed it': (scene, { acted }) => {
      const most = mostFailures(scene);
      for (const one of acted) assert.ok(failuresIn(one.endedBefore) < most);
      assert.ok(failuresIn(acted) <= most + scene.forks - 1);
    },
    'leaves enough other hosts of the group healthy': (scene, { acted }) => {
      for (const one of acted) if (one.told.isMember) assert.ok(healthyOthers(scene, one) >= scene.keep);
    },
    'starts no host after run_timeout or an interrupt': ({ runTimeoutMs, stopAtMs }, { acted }) => {
      for (const { start } of acted) {
        assert.ok(start < runTimeoutMs);
        assert.ok(stopAtMs === undefined || start <= stopAtMs);
      }
    },
    'leaves a host out only for a limit or an interrupt, and says which': (scene, { plan, acted, ends, reached }) => {
      if (plan.stop !== undefined) return;
      const left = [...ends].filter(([, outcome]) => outcome === 'not-started').map(([name]) => name);
      const planned = plan.hosts.filter(({ outcome }) => outcome === 'not-started').map(({ host: name }) => name);
      const since = left.filter((name) => !planned.includes(name));
      if (planned.length > 0) assert.ok(healthyAtFirst(scene) < scene.keep);
      if (since.length === 0) assert.deepEqual(reached, []);
      else assert.ok(reached.length > 0 || scene.stopAtMs !== undefined);
      if (reached.includes('max_failures')) assert.ok(failuresIn(acted) >= mostFailures(scene));
      if (reached.includes('run_timeout')) assert.ok(scene.runTimeoutMs < 1_000_000);
      if (reached.includes('keep')) assert.ok(!scene.isKeepPlanned && healthyAtFirst(scene) < scene.keep);
    },
  };

  it(Object.keys(promises).join('; '), async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (scene) => {
        const played = await play(scene);
        for (const [promise, holds] of Object.entries(promises)) {
          try {
            holds(scene, played);
          } catch (error) {
            throw new Error(`it ${promise}`, { cause: error });
          }
        }
      }),
      { numRuns: RUNS },
    );
  });
});
