import { randomBytes } from 'node:crypto';
import { Run, StoreFailed, type Approval } from '../execute/run.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { RunFinished, StartedBy } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import type { Journal } from '../model/store.ts';
import { decide } from '../plan/decide.ts';
import { err, ok, type Result } from '../util/result.ts';
import { ACTIONS } from './actions.ts';
import type { Prepared } from './prepare.ts';
import { createRunId } from './run-id.ts';
import { SYSTEM_CLOCK } from './system-clock.ts';
import { version } from './surroundings.ts';
import { openTransports } from './transports.ts';

const CONNECT_TIMEOUT_MS = 10_000;

export interface RunRequest {
  readonly mode: 'run' | 'plan';
  readonly forks: number;
  readonly startedBy: StartedBy;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  /** Asked once, and only when the plan would change a host. Undefined: no. */
  readonly approve: (plan: Plan) => Promise<Approval | undefined>;
}

export interface RunEnd {
  readonly runId: string;
  readonly plan: Plan;
  readonly finished: RunFinished;
}

/** The straight line: survey, decide, approve, act. An error means that the store failed; hosts never do that. */
export async function run(
  { runbook, hosts }: Prepared,
  request: RunRequest,
  journal: Journal,
): Promise<Result<RunEnd, ErrorInfo>> {
  const runId = createRunId(SYSTEM_CLOCK.now(), randomBytes);
  const transportOf = await openTransports(hosts.map(({ host }) => host));
  const engine = new Run({
    ...request,
    runId,
    runbook,
    hosts,
    journal,
    transportOf,
    actions: ACTIONS,
    clock: SYSTEM_CLOCK,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    version: version(),
  });
  try {
    const surveyed = await engine.survey();
    const plan = decide(runbook, surveyed, { runId, at: new Date(SYSTEM_CLOCK.now()).toISOString() });
    await engine.propose(plan);
    const finished =
      request.mode === 'plan' ? await engine.conclude(plan) : await engine.act(plan, await approval(plan, request));
    return ok({ runId, plan, finished });
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
    hint: 'free space where the store is, then look at the hosts: runbook plan shows how they are',
  };
}
