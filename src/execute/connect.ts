import type { ErrorInfo } from '../model/error.ts';
import type { BoundHost } from '../model/host.ts';
import { HostRun } from './host-run.ts';
import type { RunContext } from './run-context.ts';

export type Connecting =
  | { readonly state: 'connected'; readonly host: HostRun }
  | { readonly state: 'unreachable'; readonly error: ErrorInfo }
  | { readonly state: 'interrupted' };

/** Connects to a host and records how that went. Nothing is written there. */
export async function connectHost(run: RunContext, bound: BoundHost): Promise<Connecting> {
  if (run.stop.aborted) return { state: 'interrupted' };
  run.recorder.check();
  const { host, secrets } = bound;
  const { runbook, connectTimeoutMs } = run;
  const options = { become: runbook.become, connectTimeoutMs, secrets };
  const connected = await run.transportOf(host).connect(host, options, run.stop);
  if (connected.ok) {
    const { facts, chosen, learned } = connected.value;
    const said = { ...(chosen !== undefined && { chosen }), ...(learned !== undefined && { learned }) };
    run.recorder.note({ type: 'host-connected', host: host.name, facts, ...said });
    return { state: 'connected', host: new HostRun(run, bound, connected.value) };
  }
  if (run.stop.aborted) return { state: 'interrupted' };
  await run.recorder.commit({ type: 'host-unreachable', host: host.name, error: connected.error });
  return { state: 'unreachable', error: connected.error };
}
