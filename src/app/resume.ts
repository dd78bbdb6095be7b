import { StoreFailed } from '../execute/record/recorder.ts';
import { hostsToResume, hostsToRollBack } from '../execute/resume/open-hosts.ts';
import type { PastHost } from '../execute/resume/past-host.ts';
import { pastRun, type PastRun } from '../execute/resume/past-run.ts';
import { ResumedRun } from '../execute/resume/resumed-run.ts';
import type { ErrorInfo } from '../model/error.ts';
import { StoreFault } from '../model/store-fault.ts';
import { err, ok, type Result } from '../util/result.ts';
import { attemptsSoFar } from './attempts-so-far.ts';
import type { Prepared } from './prepare.ts';
import type { ResumableRun, Takeover } from './resumable-run.ts';
import { notPossible } from './resumable-run.ts';
import { CONNECT_TIMEOUT_MS, type RunEnd, type RunParts, type RunRequest } from './run.ts';
import { runPolicy } from './site-policy.ts';
import { storeFailed } from './store-failed.ts';
import { version } from './surroundings.ts';

/** What there is to go on with in a run. */
export interface OpenWork {
  readonly past: PastRun;
  readonly how: Takeover['how'];
  /** In the run's order. */
  readonly hosts: readonly PastHost[];
}

/** Pure: an error when there is nothing to do. `limit`: only these hosts of it. */
export function openWork(
  run: ResumableRun,
  how: Takeover['how'],
  { runbook }: Pick<Prepared, 'runbook'>,
  limit?: readonly string[],
): Result<OpenWork, ErrorInfo> {
  const { runId, events, hasEnded } = run;
  const past = pastRun(runbook, events);
  if (past === undefined) throw new Error(`${runId} has no beginning`);
  const foreign = limit?.filter((name) => !past.hosts.has(name)) ?? [];
  if (foreign.length > 0) {
    const message = `${foreign.join(', ')}: not in the run ${runId}`;
    return err({ code: 'usage', message, hint: `its hosts: ${[...past.hosts.keys()].join(', ')}` });
  }
  const all = how === 'resume' ? hostsToResume(past) : hostsToRollBack(past);
  const hosts = limit === undefined ? all : all.filter(({ name }) => limit.includes(name));
  if (hosts.length > 0) return ok({ past, how, hosts });
  const hint = `how they ended: runbook show ${runId}`;
  if (how === 'rollback') return err(notPossible(runId, how, 'nothing is left that it changed', hint));
  // Every host has an end, and only the run itself has none.
  return hasEnded ? err(notPossible(runId, how, 'every host has come to its end', hint)) : ok({ past, how, hosts });
}

export type ResumeRequest = Pick<
  RunRequest,
  'forks' | 'lockWaitMs' | 'startedBy' | 'process' | 'frozen' | 'stop' | 'kill'
>;

/** Another session of a run, to its end. An error means that the store failed, or that changes are forbidden; hosts never do that. */
export async function resume(
  { runId, saved, approved, sessions }: ResumableRun,
  work: OpenWork,
  { runbook, hosts, delegates, lacking = [], selection, policy: rules }: Prepared,
  { frozen, ...request }: ResumeRequest,
  parts: Omit<RunParts, 'randomBytes'>,
): Promise<Result<RunEnd, ErrorInfo>> {
  const why = await frozen?.();
  if (why !== undefined) return err(notPossible(runId, work.how, why, 'when it may go on: runbook unfreeze'));
  const { plan, overrides = {} } = saved;
  const others = attemptsSoFar(runbook, overrides, parts);
  const { trigger } = request.startedBy;
  const policy = runPolicy(rules, { runbook: runbook.name, trigger, hosts, now: () => parts.clock.now() });
  const forks = policy.forks(request.forks);
  const setup = {
    ...request,
    ...parts,
    policy,
    forks,
    runId,
    mode: 'run',
    runbook,
    hosts,
    delegates,
    selection,
  } as const;
  const engine = new ResumedRun(
    {
      ...setup,
      session: sessions + 1,
      // Its own are what it goes on with.
      attempts: (machines) => others(machines).filter((attempt) => attempt.runId !== runId),
      overrides,
      ...(plan.maxRisk !== undefined && { maxRisk: plan.maxRisk }),
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      version: version(),
    },
    {
      ...work,
      lacking: new Map(lacking.map(({ name, error }) => [name, error])),
      plan,
      approved,
      attemptsOfOthers: (machine, since) =>
        parts.attempts({ machines: [machine], since }).filter((attempt) => attempt.runId !== runId),
    },
  );
  try {
    return ok({ runId, plan, finished: await engine.goOn() });
  } catch (error) {
    if (!(error instanceof StoreFailed)) throw error;
    const isTaken = error.cause instanceof StoreFault && error.cause.kind === 'taken-over';
    if (!isTaken || engine.hasBegun) return err(storeFailed(runId, error));
    return err(notPossible(runId, work.how, 'another process has just taken it up', `see runbook show ${runId}`));
  } finally {
    await engine.close();
  }
}
