import { connect, isIPv4, isIPv6, type Socket } from 'node:net';
import type { ErrorInfo } from '../../model/error.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Failure } from '../failure.ts';
import { addressUnknown, CANCELLED, connectionRefused, dropped, noWay, unanswered } from '../unreached.ts';
import type { Destination, Stream, Way } from './way.ts';

/** From here, by TCP. */
export const DIRECT: Way = { learned: [], open, close: () => undefined };

function open(to: Destination, timeoutMs: number, signal: AbortSignal): Promise<Result<Stream, Failure>> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(never(CANCELLED));
    if (isOfOtherFamily(to)) return resolve(never(otherFamily(to)));
    let socket: Socket;
    try {
      socket = connect({ host: to.address, port: to.port, ...ownEnd(to) });
    } catch (error) {
      return resolve(never(noBinding(to, error as Error)));
    }
    const end = (result: Result<Stream, Failure>): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', cancel);
      if (!result.ok) socket.destroy();
      resolve(result);
    };
    const where = `${to.address}:${to.port}`;
    const late = setTimeout(() => end(never(unanswered(where, timeoutMs))), timeoutMs);
    const cancel = (): void => end(never(CANCELLED));
    signal.addEventListener('abort', cancel, { once: true });
    // It stays: ssh2 hears of errors by the end of the stream, and some come when it no longer listens.
    socket.on('error', (error) => end(refusal(to, where, timeoutMs, error)));
    socket.once('connect', () => end(ok(streamOf(socket))));
  });
}

const FAMILIES = { inet: 4, inet6: 6 } as const;

/** Of a name the resolver is asked for the right addresses; an address is what it is, and `connect` would take it. */
const isOfOtherFamily = ({ address, family }: Destination): boolean =>
  (family === 'inet' && isIPv6(address)) || (family === 'inet6' && isIPv4(address));

const otherFamily = ({ address, family }: Destination): ErrorInfo => ({
  code: 'address-unknown',
  message: `${address} is no ${family === 'inet' ? 'IPv4' : 'IPv6'} address, and AddressFamily is ${family}`,
  hint: 'Correct AddressFamily in the configuration of ssh, or name another address.',
});

const ownEnd = ({ family, bindAddress }: Destination) => ({
  ...(family !== 'any' && { family: FAMILIES[family] }),
  ...(bindAddress !== undefined && { localAddress: bindAddress }),
});

const streamOf = (socket: Socket): Stream => ({
  socket,
  ...(socket.remoteAddress !== undefined && { from: socket.remoteAddress }),
  end: () => socket.destroy(),
  explain: (failure) => Promise.resolve(failure),
});

const UNREACHABLE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);

function refusal(
  { address }: Destination,
  where: string,
  timeoutMs: number,
  { code = '', message }: NodeJS.ErrnoException,
): Result<never, Failure> {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return never(addressUnknown(address));
  if (code === 'ECONNREFUSED') return never(connectionRefused(where));
  if (code === 'ETIMEDOUT') return never(unanswered(where, timeoutMs));
  if (code === 'ECONNRESET') return err({ error: dropped(where), again: true });
  return never(noWay(where, UNREACHABLE.has(code) ? code : message));
}

const noBinding = ({ bindAddress = '' }: Destination, { message }: Error): ErrorInfo => ({
  code: 'configuration',
  message: `no connection can come from BindAddress ${bindAddress}: ${message}`,
  hint: 'Correct BindAddress in the configuration of ssh: it is an address of this machine.',
});

const never = (error: ErrorInfo): Result<never, Failure> => err({ error, again: false });
