import type { Client, ClientChannel } from 'ssh2';
import type { ErrorInfo } from '../../model/error.ts';
import { printableLine } from '../../util/printable.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Failure } from '../failure.ts';
import { CANCELLED, connectionRefused } from '../unreached.ts';
import type { Stream, Way } from './way.ts';

/** Streams that a jump host forwards. `leave` is called once the way is closed. */
export function wayOver(client: Client, name: string, learned: readonly string[], leave: () => void): Way {
  return {
    learned,
    open: async ({ address, port }, timeoutMs, signal) => {
      const seen = `seen from the jump host ${name}`;
      const late = AbortSignal.timeout(timeoutMs);
      const channel = await forward(client, address, port, AbortSignal.any([signal, late]));
      if (channel === undefined)
        return signal.aborted
          ? err({ error: CANCELLED, again: false })
          : fail('connection-timeout', `${address}:${port} did not answer within ${timeoutMs / 1000} s, ${seen}`, UP);
      return channel instanceof Error ? refusal(channel, `${address}:${port}`, name) : ok(streamOf(channel, name));
    },
    close: leave,
  };
}

/** `undefined`: given up. */
function forward(
  client: Client,
  address: string,
  port: number,
  given: AbortSignal,
): Promise<ClientChannel | Error | undefined> {
  return new Promise((resolve) => {
    const stop = (): void => resolve(undefined);
    given.addEventListener('abort', stop, { once: true });
    try {
      client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        given.removeEventListener('abort', stop);
        if (given.aborted) channel?.destroy();
        resolve(error ?? channel);
      });
    } catch (error) {
      resolve(error as Error);
    }
  });
}

function streamOf(channel: ClientChannel, name: string): Stream {
  // ssh2 hears of errors by the end of the stream, and some come when it no longer listens.
  channel.on('error', () => undefined);
  return {
    socket: channel,
    end: () => channel.destroy(),
    explain: ({ error, again }) =>
      Promise.resolve({ again, error: { ...error, message: `${error.message} (through the jump host ${name})` } }),
  };
}

/** By the reasons of RFC 4254: 2 is "connect failed", 4 "resource shortage", all else the jump host's own refusal. */
function refusal(
  { message, reason }: Error & { readonly reason?: number | string },
  where: string,
  name: string,
): Result<never, Failure> {
  if (!message.includes('Channel open failure'))
    return fail('connection-lost', `the connection to the jump host ${name} was lost: ${printableLine(message)}`);
  const why = printableLine(message.replace(/^.*Channel open failure: ?/, ''));
  if (`${reason}` !== '2')
    return fail(
      'channel-refused',
      `the jump host ${name} does not forward to ${where}: ${why}`,
      'Look at AllowTcpForwarding, DisableForwarding and PermitOpen in sshd_config there.',
    );
  if (/not known|no address|name resolution/i.test(why))
    return fail('address-unknown', `the jump host ${name} knows no address for ${where}: ${why}`, NAMES);
  if (/timed out|no route|unreachable/i.test(why))
    return fail('connection-timeout', `there is no way from the jump host ${name} to ${where}: ${why}`, UP);
  const refused = connectionRefused(where);
  return fail(refused.code, `${refused.message}, seen from the jump host ${name}: ${why}`, refused.hint);
}

const UP = 'Is the host up, and does a firewall let SSH through from the jump host?';
const NAMES = 'The name is looked up there, not here: correct ansible_host or HostName, or DNS there.';

const fail = (code: ErrorInfo['code'], message: string, hint?: string): Result<never, Failure> =>
  err({ error: { code, message, ...(hint !== undefined && { hint }) }, again: false });
