import type { ErrorInfo } from '../../model/error.ts';
import type { SshHop } from '../../model/ssh-settings.ts';
import { printableLine } from '../../util/printable.ts';
import type { Failure, SshError } from '../failure.ts';
import { saidByHost } from '../said-by-host.ts';
import { CANCELLED, dropped, loginUnfinished, lostAtLogin, unanswered } from '../unreached.ts';

/** How far a try came that failed. */
export interface Seen {
  readonly verdict?: SshError;
  /** Why the host let nobody in, when that is what it was. */
  readonly refusal?: SshError;
  /** Had the host shown its key? */
  readonly key: boolean;
  /** Was the time over? */
  readonly late: boolean;
  /** What it said where the banner of SSH should be. */
  readonly insteadOfBanner?: string;
}

/** OpenSSH 9.8 and later, of whose connections ended badly, such as without a login. */
const PENALISED = /^Not allowed at this time/;
const PENALTY_HINT =
  'sshd there counts failed logins against an address (PerSourcePenalties). Correct what failed, and wait some minutes; its log says why.';
const DROPPED = /lost before handshake|No response from server|ECONNRESET|EPIPE/;
/** What sshd itself says there: the beginning of its banner, or that it has too many connections. */
const FROM_SSHD = /^(SSH-|Exceeded MaxStartups|$)/;

/** Why nobody was logged in over a stream that was open. */
export function connectFailure(
  host: Pick<SshHop, 'address' | 'port'>,
  timeoutMs: number,
  seen: Seen,
  error: NodeJS.ErrnoException,
  cancelled: boolean,
): Failure {
  const where = `${host.address}:${host.port}`;
  const said = seen.key ? '' : (seen.insteadOfBanner ?? '');
  if (cancelled) return never(CANCELLED);
  if (seen.verdict !== undefined) return never(seen.verdict);
  if (seen.refusal !== undefined) return never(seen.refusal);
  if (PENALISED.test(said)) return never(penalised(where));
  if (!FROM_SSHD.test(said)) return never(noSsh(host, `it says ${JSON.stringify(saidByHost(said))}`));
  if (seen.late) return never(seen.key ? loginUnfinished(where, timeoutMs) : unanswered(where, timeoutMs));
  if (DROPPED.test(`${error.message} ${error.code ?? ''}`))
    return seen.key ? never(lostAtLogin(where)) : { error: dropped(where), again: true };
  if (/no matching/i.test(error.message)) return never(nothingInCommon(where, error.message));
  return never(noSsh(host, error.message));
}

const never = (error: SshError): Failure => ({ error, again: false });

const penalised = (where: string): ErrorInfo => ({
  code: 'connection-lost',
  message: `${where} takes no connections from this address for a while`,
  hint: PENALTY_HINT,
});

const nothingInCommon = (where: string, why: string): SshError => ({
  code: 'protocol',
  message: `no common algorithm with ${where}: ${printableLine(why)}`,
  hint: 'This transport has no host certificates and no post-quantum key exchange. Let sshd there offer curve25519-sha256 and a plain key.',
  beyond: 'its sshd and our own SSH have no algorithm in common',
});

const noSsh = ({ address, port }: Pick<SshHop, 'address' | 'port'>, why: string): ErrorInfo => ({
  code: 'protocol',
  message: `${address}:${port} does not speak SSH as expected: ${saidByHost(why)}`,
  hint: `Is that the port of sshd? Try: ssh -v -p ${port} ${address}`,
});
