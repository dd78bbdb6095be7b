import { isIPv4, isIPv6, type Socket } from 'node:net';
import type { ErrorInfo } from '../../model/error.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Failure } from '../failure.ts';
import { addressUnknown, CANCELLED, connectionRefused, dropped, noWay, unanswered, unresolved } from '../unreached.ts';
import { addressesOf, connectToAny } from './any-address.ts';
import type { Destination, Stream, Way } from './way.ts';

/** From here, by TCP. */
export const DIRECT: Way = { learned: [], open, close: () => undefined };

async function open(to: Destination, timeoutMs: number, signal: AbortSignal): Promise<Result<Stream, Failure>> {
  if (isOfOtherFamily(to)) return never(otherFamily(to));
  const where = `${to.address}:${to.port}`;
  const late = AbortSignal.timeout(timeoutMs);
  const given = AbortSignal.any([signal, late]);
  let addresses: readonly string[] | undefined;
  try {
    addresses = await addressesOf(to, given);
    return ok(streamOf(await connectToAny(addresses, to, given)));
  } catch (error) {
    if (signal.aborted) return never(CANCELLED);
    if (late.aborted)
      return never(addresses === undefined ? unresolved(to.address, timeoutMs) : unanswered(where, timeoutMs));
    return refusal(to, where, timeoutMs, error as NodeJS.ErrnoException);
  }
}

/** Of a name the resolver is asked for the right addresses; an address is what it is. */
const isOfOtherFamily = ({ address, family }: Destination): boolean =>
  (family === 'inet' && isIPv6(address)) || (family === 'inet6' && isIPv4(address));

const otherFamily = ({ address, family }: Destination): ErrorInfo => ({
  code: 'address-unknown',
  message: `${address} is no ${family === 'inet' ? 'IPv4' : 'IPv6'} address, and AddressFamily is ${family}`,
  hint: 'Correct AddressFamily in the configuration of ssh, or name another address.',
});

const streamOf = (socket: Socket): Stream => ({
  socket,
  ...(socket.remoteAddress !== undefined && { from: socket.remoteAddress }),
  end: () => socket.destroy(),
  explain: (failure) => Promise.resolve(failure),
});

const UNREACHABLE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);

function refusal(
  to: Destination,
  where: string,
  timeoutMs: number,
  { code = '', message }: NodeJS.ErrnoException,
): Result<never, Failure> {
  if (code === 'ERR_INVALID_IP_ADDRESS') return never(noBinding(to, message));
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return never(addressUnknown(to.address));
  if (code === 'ECONNREFUSED') return never(connectionRefused(where));
  if (code === 'ETIMEDOUT') return never(unanswered(where, timeoutMs));
  if (code === 'ECONNRESET') return err({ error: dropped(where), again: true });
  return never(noWay(where, UNREACHABLE.has(code) ? code : message));
}

const noBinding = ({ bindAddress = '' }: Destination, message: string): ErrorInfo => ({
  code: 'configuration',
  message: `no connection can come from BindAddress ${bindAddress}: ${message}`,
  hint: 'Correct BindAddress in the configuration of ssh: it is an address of this machine.',
});

const never = (error: ErrorInfo): Result<never, Failure> => err({ error, again: false });
