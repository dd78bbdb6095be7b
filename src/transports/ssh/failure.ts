import type { ErrorInfo } from '../../model/error.ts';
import type { SshHop } from '../../model/ssh-settings.ts';
import { printableLine } from '../../util/printable.ts';
import type { Failure, SshError } from '../failure.ts';

interface Seen {
  readonly verdict?: SshError;
  /** Why the host let nobody in, when that is what it was. */
  readonly refusal?: SshError;
  /** Had the host shown its key? */
  readonly key: boolean;
  /** What it said before it closed, if that was not SSH. */
  readonly insteadOfBanner?: string;
}

const UNREACHABLE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);
/** OpenSSH 9.8 and later, of whose connections ended badly, such as without a login. */
const PENALISED = /^Not allowed at this time/;
const PENALTY_HINT =
  'sshd there counts failed logins against an address (PerSourcePenalties). Correct what failed, and wait some minutes; its log says why.';
const DROPPED = /lost before handshake|No response from server|ECONNRESET|EPIPE/;

export function connectFailure(
  host: Pick<SshHop, 'address' | 'port'>,
  timeoutMs: number,
  seen: Seen,
  error: Error,
  cancelled: boolean,
): Failure {
  const fail = (code: ErrorInfo['code'], message: string, hint?: string, again = false): Failure => ({
    error: { code, message, ...(hint === undefined ? {} : { hint }) },
    again,
  });
  const where = `${host.address}:${host.port}`;
  const { code, level } = error as NodeJS.ErrnoException & { readonly level?: string };
  if (cancelled) return fail('interrupted', 'cancelled while connecting');
  if (seen.verdict !== undefined) return { error: seen.verdict, again: false };
  if (seen.refusal !== undefined) return { error: seen.refusal, again: false };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || level === 'client-dns')
    return fail(
      'address-unknown',
      `the name ${host.address} has no address`,
      'Correct ansible_host in the inventory, HostName in the configuration of ssh, or DNS.',
    );
  if (code === 'ECONNREFUSED')
    return fail('connection-refused', `${where} refuses connections`, 'Is sshd running there, and on this port?');
  if (code === 'ETIMEDOUT' || level === 'client-timeout' || UNREACHABLE.has(code ?? ''))
    return fail(
      'connection-timeout',
      UNREACHABLE.has(code ?? '')
        ? `there is no way to ${where} (${code})`
        : `${where} did not answer within ${timeoutMs / 1000} s`,
      'Is the host up, and does a firewall let SSH through from here?',
    );
  if (!seen.key && PENALISED.test(seen.insteadOfBanner ?? ''))
    return fail('connection-lost', `${where} takes no connections from this address for a while`, PENALTY_HINT);
  if (DROPPED.test(`${error.message} ${code ?? ''}`))
    return seen.key
      ? fail('connection-lost', `${where} closed the connection during login`, 'The log of sshd there says why.')
      : fail(
          'connection-lost',
          `${where} drops connections before the handshake`,
          'sshd may be overloaded (MaxStartups), or refuse this address for a while (PerSourcePenalties): its log says so.',
          true,
        );
  if (/no matching/i.test(error.message)) {
    const none = fail(
      'protocol',
      `no common algorithm with ${where}: ${printableLine(error.message)}`,
      'This transport has no host certificates and no post-quantum key exchange. Let sshd there offer curve25519-sha256 and a plain key.',
    );
    return { ...none, error: { ...none.error, beyond: 'its sshd and our own SSH have no algorithm in common' } };
  }
  return fail(
    'protocol',
    `${where} does not speak SSH as expected: ${printableLine(error.message)}`,
    `Try: ssh -v -p ${host.port} ${host.address}`,
  );
}
