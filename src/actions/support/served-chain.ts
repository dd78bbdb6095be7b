import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import type { ProbeContext } from '../../model/action.ts';
import type { StepReason } from '../../model/result.ts';
import type { CommandResult, Script } from '../../model/script.ts';
import { formatDuration } from '../../util/duration.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { NO_KEY, type FoundChain } from './certificate.ts';
import { dialUntil } from './dial.ts';
import { lastLine } from './failure.ts';

const TIMEOUT_MS = 10_000;
// A server without an answer is an observation, a step without an end is not: ours comes first.
const SHARE_OF_STEP = 0.9;

interface Served {
  readonly chain: FoundChain;
  /** Why there is no certificate; else empty. */
  readonly noAnswer: string;
}

interface CannotLook {
  readonly reason: StepReason;
  readonly message: string;
}

/** The certificates that a server shows to the host. An error is that the host could not be used to look, never what the server did. */
export async function servedChain(
  context: ProbeContext,
  address: string,
  serverName: string,
): Promise<Result<Served, CannotLook>> {
  const cut = address.lastIndexOf(':');
  const [host, port] = [address.slice(0, cut).replace(/^\[(.*)\]$/, '$1'), Number(address.slice(cut + 1))];
  const timeoutMs = Math.min(TIMEOUT_MS, context.timeoutMs * SHARE_OF_STEP);
  const late = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([late, context.signal]);
  const inTime = `no answer within ${formatDuration(timeoutMs)}`;
  const dialed = await dialUntil(context, host, port, signal);
  if (context.signal.aborted) return err({ reason: 'cancelled', message: 'it was cancelled' });
  if (dialed === undefined) return ok(silent(inTime));
  if (dialed.ok) {
    const seen = await handshake(dialed.value, serverName, signal);
    if (context.signal.aborted) return err({ reason: 'cancelled', message: 'it was cancelled' });
    if (Array.isArray(seen)) return ok(shown(seen));
    return ok(silent(late.aborted ? inTime : String(seen)));
  }
  switch (dialed.error.code) {
    case 'connection-refused':
    case 'connection-timeout':
    case 'address-unknown':
      return ok(silent(dialed.error.message));
    case 'channel-refused':
      return readOnHost(await context.read(onHost(address, serverName)));
    default:
      return err({ reason: 'lost', message: dialed.error.message });
  }
}

/** The chain as it was sent, or why there is none. */
function handshake(stream: Duplex, serverName: string, signal: AbortSignal): Promise<readonly Buffer[] | string> {
  return new Promise((resolve) => {
    // What is looked at may be old: everything is accepted that can still be spoken.
    const socket = tlsConnect({
      socket: stream,
      ...(serverName !== '' && isIP(serverName) === 0 && { servername: serverName }),
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    const end = (seen: readonly Buffer[] | string): void => {
      socket.destroy();
      stream.destroy();
      resolve(seen);
    };
    stream.on('error', (error) => end(wordsOf(error)));
    socket.on('error', (error: Error) => end(wordsOf(error)));
    socket.once('close', () => end('the connection was closed in the TLS handshake'));
    socket.once('secureConnect', () => end(sentBy(socket.getPeerX509Certificate())));
    if (signal.aborted) end('it was cancelled');
    else signal.addEventListener('abort', () => end('it was cancelled'), { once: true });
  });
}

function sentBy(leaf: X509Certificate | undefined): readonly Buffer[] | string {
  if (leaf === undefined) return 'the server showed no certificate';
  const chain = [leaf];
  for (let next = leaf.issuerCertificate; next !== undefined && chain.length < 20; next = next.issuerCertificate) {
    if (chain.some(({ fingerprint256 }) => fingerprint256 === next?.fingerprint256)) break;
    chain.push(next);
  }
  return chain.map(({ raw }) => raw);
}

function wordsOf(error: Error): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNRESET') return 'the connection was closed in the TLS handshake';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return 'what answers there does not speak TLS';
  return message.replace(/^[0-9A-F]+:error:[0-9A-F]*:?/, '').trim();
}

// For hosts that refuse forwarding.
const ON_HOST = `
command -v openssl >/dev/null 2>&1 || exit 67
set -- -connect "$1" -showcerts
[ -z "$name" ] || set -- "$@" -servername "$name"
said=$(openssl s_client "$@" </dev/null 2>&1)
printf '%s\\n' "$said" | awk '/^-----BEGIN CERTIFICATE-----/ { inside = 1 } inside { print } /^-----END CERTIFICATE-----/ { inside = 0 }'
printf '%s\\n' "$said" | grep -i -e 'error' -e 'refused' -e 'errno' | head -n 1 >&2
exit 0
`;

function onHost(address: string, serverName: string): Script {
  return {
    summary: `openssl s_client -connect ${address}`,
    text: ON_HOST,
    args: [address],
    variables: { name: isIP(serverName) === 0 ? serverName : '' },
    timeoutMs: TIMEOUT_MS,
  };
}

function readOnHost({ end, stdout, stderr }: CommandResult): Result<Served, CannotLook> {
  if (end.how === 'timeout') return ok(silent('no answer in time'));
  if (end.how !== 'exit')
    return err({
      reason: end.how === 'not-started' ? 'cannot-start' : end.how,
      message: `openssl ended by ${end.how}`,
    });
  if (end.code === 67)
    return err({ reason: 'cannot-check', message: 'forwarding is refused and the host has no openssl' });
  const blocks = stdout.text.split(/(?=^-----BEGIN )/m).filter((block) => block.startsWith('-----BEGIN '));
  return ok(blocks.length === 0 ? silent(lastLine(stderr.text) || 'no answer') : shown(blocks));
}

function shown(blocks: FoundChain['blocks']): Served {
  return { chain: { path: '', blocks, key: NO_KEY, reason: '' }, noAnswer: '' };
}

function silent(noAnswer: string): Served {
  return { chain: { path: '', blocks: [], key: NO_KEY, reason: '' }, noAnswer };
}
