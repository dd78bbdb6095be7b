import type { Approval, Refusal } from '../execute/approval.ts';
import { StoreFailed } from '../execute/record/recorder.ts';
import { Run } from '../execute/run.ts';
import type { Action, Risk } from '../model/action.ts';
import type { Attempt, AttemptQuery } from '../model/attempt.ts';
import type { Clock } from '../model/clock.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { Overrides, ProcessId, RunFinished, StartedBy } from '../model/event.ts';
import type { Host } from '../model/host.ts';
import type { Plan } from '../model/plan.ts';
import type { Runbook } from '../model/runbook.ts';
import type { Journal } from '../model/store.ts';
import type { Transport } from '../model/transport.ts';
import { decide } from '../plan/decide.ts';
import { err, ok, type Result } from '../util/result.ts';
import { attemptsSoFar } from './attempts-so-far.ts';
import type { Prepared } from './prepare.ts';
import { createRunId } from './run-id.ts';
import { runPolicy } from './site-policy.ts';
import { storeFailed } from './store-failed.ts';
import { version } from './surroundings.ts';

export const CONNECT_TIMEOUT_MS = 10_000;

export interface RunRequest {
  readonly mode: 'run' | 'plan';
  /** Given before, so that whoever takes over knows it. Absent: a new one. */
  readonly runId?: string;
  readonly forks: number;
  /** For how long hosts are waited for that another run has locked; absent: not at all. */
  readonly lockWaitMs?: number;
  readonly startedBy: StartedBy;
  /** Ours: see `ProcessId`. */
  readonly process?: ProcessId;
  /** What a person set aside on the command line. */
  readonly overrides?: Overrides;
  /** Why nothing may be changed from here now, in words; asked before anybody is. Absent: nothing forbids it. */
  readonly frozen?: () => Promise<string | undefined>;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  /** Hosts with a step beyond it are left alone. */
  readonly maxRisk?: Risk;
  /** A plan that was approved before, and that this run is to carry out: it may find less, and nothing else. */
  readonly approved?: Plan;
  /** Asked once, and only when the plan would change a host; secrets are masked in it. Undefined: no. */
  readonly approve: (plan: Plan) => Promise<Approval | Refusal | undefined>;
}

/** What a run works with; tests give other ones. */
export interface RunParts {
  readonly actions: ReadonlyMap<string, Action>;
  readonly journal: Journal;
  /** What was tried so far; `Store` has it. */
  readonly attempts: (query: AttemptQuery) => readonly Attempt[];
  readonly transportOf: (host: Host) => Transport;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
}

/** For people: no known secret is in it. */
export interface RunEnd {
  readonly runId: string;
  readonly plan: Plan;
  readonly finished: RunFinished;
}

/** The straight line: survey, decide, approve, act. An error means that the store failed; hosts never do that. */
export async function run(
  { runbook, hosts, delegates, selection, policy: rules }: Prepared,
  request: RunRequest,
  { randomBytes, ...parts }: RunParts,
): Promise<Result<RunEnd, ErrorInfo>> {
  const runId = request.runId ?? createRunId(parts.clock.now(), randomBytes);
  const { overrides = {} } = request;
  const attempts = attemptsSoFar(runbook, overrides, parts);
  const { trigger } = request.startedBy;
  const policy = runPolicy(rules, { runbook: runbook.name, trigger, hosts, now: () => parts.clock.now() });
  const engine = new Run({
    ...request,
    policy,
    forks: policy.forks(request.forks),
    runId,
    runbook,
    hosts,
    delegates,
    selection,
    ...parts,
    attempts,
    overrides,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    version: version(),
  });
  try {
    const surveyed = await engine.survey();
    const chosen = withBrake(runbook, overrides);
    const { limits, by: cappedBy } = policy.limits(chosen.limits);
    const plan = decide({ ...chosen, limits }, surveyed, {
      runId,
      at: new Date(parts.clock.now()).toISOString(),
      ...(request.maxRisk !== undefined && { maxRisk: request.maxRisk }),
      review: (planned) => policy.review(planned),
      cappedBy,
      attempts: attempts(surveyed.flatMap((host) => (host.state === 'surveyed' ? [host.machine] : []))),
    });
    const shown = await engine.propose(plan);
    const finished =
      request.mode === 'plan'
        ? await engine.conclude(plan)
        : await engine.act(plan, await approval(shown, engine.whyVoid(), request));
    return ok({ runId, plan: shown, finished });
  } catch (error) {
    if (error instanceof StoreFailed) return err(storeFailed(runId, error));
    throw error;
  } finally {
    await engine.close();
  }
}

function withBrake(runbook: Runbook, { brakePercent = runbook.limits.brakePercent }: Overrides): Runbook {
  return { ...runbook, limits: { ...runbook.limits, brakePercent } };
}

async function approval(
  plan: Plan,
  whyVoid: string | undefined,
  { approve, stop, approved, frozen }: RunRequest,
): Promise<Approval | Refusal | undefined> {
  if (whyVoid !== undefined) return { refused: whyVoid };
  const before = approved === undefined ? undefined : new Set(sickHosts(approved));
  const isNeeded = sickHosts(plan).some((host) => before?.has(host) !== false);
  if (!isNeeded || plan.stop !== undefined || stop.aborted) return undefined;
  const why = await frozen?.();
  return why === undefined ? approve(plan) : { refused: why };
}

const sickHosts = ({ hosts }: Plan): readonly string[] =>
  hosts.flatMap(({ host, outcome }) => (outcome === 'needs-fix' ? [host] : []));
