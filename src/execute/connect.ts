import type { ErrorInfo } from '../model/error.ts';
import type { BoundHost } from '../model/host.ts';
import { HostRun } from './host-run.ts';
import type { RunContext } from './run-context.ts';

export type HostConnecting =
  | { readonly state: 'connected'; readonly host: HostRun }
  | { readonly state: 'unreachable'; readonly error: ErrorInfo }
  | { readonly state: 'interrupted' };

/** Connects to a host, and to those that steps are delegated to for it: without one of them it counts as unreachable. */
export async function connectHost(run: RunContext, bound: BoundHost): Promise<HostConnecting> {
  const { host, delegates = [] } = bound;
  const [own, ...others] = await Promise.all(
    [host.name, ...delegates.map(({ name }) => name)].map(async (name) => ({
      name,
      connecting: await run.connections.to(name),
    })),
  );
  if (own?.connecting.state !== 'connected') return own?.connecting ?? { state: 'interrupted' };
  const connected = others.flatMap(({ connecting }) => (connecting.state === 'connected' ? [connecting.host] : []));
  if (connected.length === others.length) {
    return { state: 'connected', host: new HostRun(run, own.connecting.host, connected) };
  }
  for (const { name, connecting } of others) {
    if (connecting.state !== 'unreachable') continue;
    const error = withoutDelegate(name, connecting.error);
    await run.recorder.commit({ type: 'host-unreachable', host: host.name, error });
    return { state: 'unreachable', error };
  }
  return { state: 'interrupted' };
}

function withoutDelegate(name: string, error: ErrorInfo): ErrorInfo {
  return { ...error, message: `steps are delegated to ${name}, which cannot be reached: ${error.message}` };
}
