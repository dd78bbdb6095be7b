import type { ErrorInfo } from '../../model/error.ts';
import type { Become } from '../../model/transport.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { becomeOther } from './become-other.ts';
import type { Change, Way } from './become.ts';
import { loginRefused, loginSilent } from './login-refusal.ts';
import { meet, type Attempt, type MetShell, type Offering } from './meet.ts';
import type { Reach } from './reach.ts';

export interface OpenShell extends MetShell {
  /** What it took to become this user; absent for the login user. */
  readonly way?: Way;
}

/** Whom a shell is to belong to, and what may be said for it. */
export interface ShellUser extends Offering {
  readonly become: Become;
  /** The way that it is known to take. */
  readonly way?: Way;
}

/**
 * Starts a shell as that user and waits for its greeting: the only proof that it is a shell and that user. A password is shown
 * once at most.
 */
export async function openShell(
  reach: Reach,
  user: ShellUser,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<OpenShell, ErrorInfo>> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const change: Change = { from: reach.user, to: userOf(user.become, reach.user) };
  const attempt: Attempt = { reach, change, offering: user, late };
  const seconds = `${Math.round(timeoutMs / 100) / 10} s`;
  const opened = await (change.to === change.from ? logIn(attempt, seconds) : becomeOther(attempt, user.way, seconds));
  return opened.ok || !signal.aborted ? opened : err(CANCELLED);
}

/** The user a step or a connection runs as. */
export function userOf(become: Become, loginUser: string): string {
  if (become === false) return loginUser;
  return become === true ? 'root' : become;
}

const CANCELLED: ErrorInfo = { code: 'interrupted', message: 'cancelled while its shell was started' };

async function logIn(attempt: Attempt, seconds: string): Promise<Result<OpenShell, ErrorInfo>> {
  const { from } = attempt.change;
  const met = await meet(attempt, { line: 'exec /bin/sh' });
  if (met.how === 'open') return ok(met.shell);
  if (met.how === 'failed') return err(met.error);
  return err(met.how === 'late' ? loginSilent(met.session, from, seconds) : loginRefused(met.session, from));
}
