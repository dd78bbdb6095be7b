import assert from 'node:assert/strict';
import fc from 'fast-check';
import { actInBatches } from '../../../src/execute/limits/schedule.ts';
import { schedulePlan } from '../../../src/execute/limits/schedule-plan.ts';
import type { LimitReached } from '../../../src/model/event.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { Outcome } from '../../../src/model/result.ts';
import type { Limits, Runbook } from '../../../src/model/runbook.ts';
import type { SurveyedHost } from '../../../src/model/survey.ts';
import { decide } from '../../../src/plan/decide.ts';
import { downRunbook } from '../../support/down-runbook.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { boundHost, FACTS } from '../../support/scripted-host.ts';

const GROUP = 'web';
const RUNBOOK = downRunbook();

export type State = 'sick' | 'healthy' | 'blocked' | 'unreachable' | 'tried';

export interface Told {
  readonly state: State;
  readonly isMember: boolean;
  /** How it would end if it were acted on, and after which time. */
  readonly outcome: Outcome;
  readonly attempted: boolean;
  readonly durationMs: number;
}

const host: fc.Arbitrary<Told> = fc.record({
  state: fc.constantFrom<State>(
    ...(['sick', 'sick', 'sick', 'sick', 'healthy', 'healthy'] as const),
    ...(['blocked', 'unreachable', 'tried'] as const),
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

export const scenario = fc.record({
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
export type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

/** What became of a run; `start` and `end` in milliseconds of its clock. */
export interface Played {
  readonly plan: Plan;
  readonly acted: readonly Acted[];
  readonly ends: ReadonlyMap<string, Outcome>;
  readonly reached: readonly LimitReached['limit'][];
}

export interface Acted {
  readonly name: string;
  readonly told: Told;
  readonly start: number;
  /** What had ended, and what was running, when it was started. */
  readonly endedBefore: readonly Acted[];
  readonly runningBefore: readonly Acted[];
}

/** The real decision and the real scheduler, over hosts that only say how they end. */
export async function play(scene: Scenario): Promise<Played> {
  const clock = new FakeClock();
  const stop = new AbortController();
  const named = new Map(scene.hosts.map((told, index) => [`h${index}`, told]));
  const hosts = [...named].map(surveyed);
  const bound = hosts.map((one) => one.host);
  const plan = decide(runbookOf(scene), hosts, {
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
    const context = { forks: scene.forks, clock, stop: stop.signal, runbook: runbookOf(scene), hosts: bound };
    const keep = keepOf(scene);
    await actInBatches({
      ...schedulePlan(context, { ...plan, ...(keep !== undefined && { keep }) }, named),
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
