import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { Destination } from './way.ts';

/** How long an address is waited for alone: as RFC 8305. */
const HEAD_START_MS = 250;

const FAMILIES = { any: 0, inet: 4, inet6: 6 } as const;

/** In the order in which `ssh` tries them. Rejects with the resolver's error; once `signal` is aborted, with its reason. */
export async function addressesOf(
  { address, family }: Pick<Destination, 'address' | 'family'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (isIP(address) !== 0) return [address];
  const found = await Promise.race([lookup(address, { all: true, family: FAMILIES[family] }), abortOf(signal)]);
  return found.map((one) => one.address);
}

/**
 * A connection to the first of the addresses that answers. As `ssh`, it tries the next where one refuses; and also where one is silent,
 * for `ssh` waits longer than we may. Rejects with the last error of the system; once `signal` is aborted, with its reason.
 */
export function connectToAny(
  addresses: readonly string[],
  { port, bindAddress: localAddress }: Pick<Destination, 'port' | 'bindAddress'>,
  signal: AbortSignal,
): Promise<Socket> {
  const waiting = new Set<Socket>();
  let tried = 0;
  let next: NodeJS.Timeout | undefined;
  const connected = new Promise<Socket>((resolve, reject) => {
    const tryNext = (): void => {
      clearTimeout(next);
      const host = addresses[tried];
      if (host === undefined || signal.aborted) return;
      tried += 1;
      const socket = connect({ host, port, ...(localAddress !== undefined && { localAddress }) });
      waiting.add(socket);
      socket.once('connect', () => {
        waiting.delete(socket);
        resolve(socket);
      });
      // It stays: ssh2 hears of errors by the end of the stream, and some come when it no longer listens.
      socket.on('error', (error) => {
        if (!waiting.delete(socket)) return;
        if (waiting.size === 0 && tried === addresses.length) reject(error);
        else tryNext();
      });
      next = setTimeout(tryNext, HEAD_START_MS);
    };
    tryNext();
  });
  return Promise.race([connected, abortOf(signal)]).finally(() => {
    clearTimeout(next);
    const others = [...waiting];
    waiting.clear();
    for (const socket of others) socket.destroy();
  });
}

const abortOf = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
