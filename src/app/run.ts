import { Run, StoreFailed, type Approval } from '../execute/run.ts';
import type { Action } from '../model/action.ts';
import type { Clock } from '../model/clock.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { RunFinished, StartedBy } from '../model/event.ts';
import type { Host } from '../model/host.ts';
import type { Plan } from '../model/plan.ts';
import type { Journal } from '../model/store.ts';
import type { Transport } from '../model/transport.ts';
import { decide } from '../plan/decide.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { Prepared } from './prepare.ts';
import { createRunId } from './run-id.ts';
import { version } from './surroundings.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export interface RunRequest {
  readonly mode: 'run' | 'plan';
  readonly forks: number;
  readonly startedBy: StartedBy;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  /** Asked once, and only when the plan would change a host; secrets are masked in it. Undefined: no. */
  readonly approve: (plan: Plan) => Promise<Approval | undefined>;
}

/** What a run works with; tests give other ones. */
export interface RunParts {
  readonly actions: ReadonlyMap<string, Action>;
  readonly journal: Journal;
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
  { runbook, hosts }: Prepared,
  request: RunRequest,
  { randomBytes, ...parts }: RunParts,
): Promise<Result<RunEnd, ErrorInfo>> {
  const runId = createRunId(parts.clock.now(), randomBytes);
  const engine = new Run({
    ...request,
    runId,
    runbook,
    hosts,
    ...parts,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    version: version(),
  });
  try {
    const surveyed = await engine.survey();
    const plan = decide(runbook, surveyed, { runId, at: new Date(parts.clock.now()).toISOString() });
    const shown = await engine.propose(plan);
    const finished =
      request.mode === 'plan' ? await engine.conclude(plan) : await engine.act(plan, await approval(shown, request));
    return ok({ runId, plan: shown, finished });
  } catch (error) {
    if (error instanceof StoreFailed) return err(storeFailed(runId, error));
    throw error;
  } finally {
    await engine.close();
  }
}

async function approval(plan: Plan, { approve, stop }: RunRequest): Promise<Approval | undefined> {
  const isNeeded = plan.hosts.some((host) => host.outcome === 'needs-fix');
  return isNeeded && !stop.aborted ? approve(plan) : undefined;
}

function storeFailed(runId: string, error: StoreFailed): ErrorInfo {
  return {
    code: 'store',
    message: `${error.message}; the run ${runId} was stopped`,
    hint: 'free space where the store is, or move it away when it is damaged; then look at the hosts: runbook plan shows how they are',
  };
}
