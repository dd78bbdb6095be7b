import { Exec } from '../execute/exec.ts';
import { StoreFailed } from '../execute/record/recorder.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { RunFinished } from '../model/event.ts';
import { execOrder } from '../plan/exec-order.ts';
import { execRunbook, type ExecCommand } from '../plan/exec-runbook.ts';
import { err, ok, type Result } from '../util/result.ts';
import { ACTIONS } from './actions.ts';
import type { HostSelection } from './open-hosts.ts';
import { prepareRunbook, type Prepared } from './prepare.ts';
import { createRunId } from './run-id.ts';
import { CONNECT_TIMEOUT_MS, type RunParts, type RunRequest } from './run.ts';
import type { SecretsOptions } from './secrets-open.ts';
import { runPolicy } from './site-policy.ts';
import { storeFailed } from './store-failed.ts';
import { version, type Site } from './surroundings.ts';
import type { Trouble } from './trouble.ts';

/** All is read and checked; nothing has been contacted. `hosts`: a pattern. */
export async function prepareExec(
  command: ExecCommand,
  selection: HostSelection & SecretsOptions & { readonly hosts: string },
  surroundings: Site,
): Promise<Result<Prepared, Trouble>> {
  const runbook = execRunbook(command, selection.hosts, ACTIONS);
  const opened = ok({ value: runbook, sources: [], warnings: [] });
  const prepared = await prepareRunbook(opened, { ...selection, runbook: runbook.name, params: [] }, surroundings);
  if (!prepared.ok) return prepared;
  return ok({ ...prepared.value, selection: { ...prepared.value.selection, runbookFile: runbook.file } });
}

export interface ExecEnd {
  readonly runId: string;
  readonly finished: RunFinished;
}

/** The straight line of an exec: connect, order, send. An error means that the store failed; hosts never do that. */
export async function exec(
  { runbook, hosts, selection, policy: rules }: Prepared,
  request: Pick<RunRequest, 'frozen' | 'forks' | 'lockWaitMs' | 'startedBy' | 'process' | 'stop' | 'kill'>,
  { randomBytes, ...parts }: Omit<RunParts, 'attempts'>,
): Promise<Result<ExecEnd, ErrorInfo>> {
  const runId = createRunId(parts.clock.now(), randomBytes);
  const { trigger } = request.startedBy;
  const policy = runPolicy(rules, { runbook: 'exec', trigger, hosts, now: () => parts.clock.now() });
  const engine = new Exec({
    ...request,
    policy,
    forks: policy.forks(request.forks),
    mode: 'exec',
    runId,
    runbook,
    hosts,
    selection,
    ...parts,
    attempts: () => [],
    overrides: {},
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    version: version(),
  });
  try {
    const reached = await engine.connect();
    const refused = runbook.fix.length === 0 ? undefined : await request.frozen?.();
    const finished = await engine.send(execOrder(policy.limits(runbook.limits).limits, hosts.length, reached), refused);
    return ok({ runId, finished });
  } catch (error) {
    if (error instanceof StoreFailed) return err(storeFailed(runId, error));
    throw error;
  } finally {
    await engine.close();
  }
}
