import { mapLimited } from '../../util/map-limited.ts';
import { ConnectedHost } from '../connected-host.ts';
import { takeLock } from '../lock-host.ts';
import type { RunContext } from '../run-context.ts';
import type { PastHost } from './past-host.ts';

/**
 * Frees hosts that have their end, and from which the session that died may not have taken its claims. In no record: nothing is changed
 * for the run. One that cannot be reached, or that another run has by now, is left. After all else, since a host may be one that steps
 * are delegated to. Rejects when the store has failed.
 */
export async function clearEnded(run: RunContext, past: Iterable<PastHost>): Promise<void> {
  const left = new Map(
    [...past].filter(({ end, isHeld }) => end !== undefined && isHeld).map((host) => [host.name, host]),
  );
  const bound = run.hosts.filter(({ host }) => left.has(host.name));
  await mapLimited(bound, run.forks, async (each) => {
    if (run.stop.aborted) return;
    const { become } = run.runbook;
    const options = { become, connectTimeoutMs: run.connectTimeoutMs, secrets: each.secrets };
    const connect = (signal: AbortSignal) => run.transportOf(each.host).connect(each.host, options, signal);
    const connected = await connect(run.stop);
    if (!connected.ok) return;
    const recover = () => Promise.resolve('nothing is done there any more');
    const host = new ConnectedHost(run, each, connected.value, { become, reconnect: connect, recover });
    const { machine = host.machine } = left.get(each.host.name) ?? {};
    if (machine === host.machine) await takeLock(run, host, run.stop);
    await connected.value.close();
  });
}
