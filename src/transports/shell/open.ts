import type { ErrorInfo } from '../../model/error.ts';
import type { Become } from '../../model/transport.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { becomeFailed, becomeRefused, becomeSilent, passwordMissing, passwordRefused } from './become-refusal.ts';
import type { Change } from './become.ts';
import { loginRefused, loginSilent, refusedByLogin } from './login-refusal.ts';
import { meet, type Attempt, type Met, type MetShell, type Offering } from './meet.ts';
import { methodFor } from './methods.ts';
import type { Reach } from './reach.ts';
import { restrictedRules } from './sudo-rules.ts';
import { SUDO } from './sudo.ts';

export interface OpenShell extends MetShell {
  /** It took a terminal to become this user. */
  readonly terminal: boolean;
}

/** Whom a shell is to belong to, and what may be said for it. */
export interface ShellUser extends Offering {
  readonly become: Become;
  /** It is known to take a terminal. */
  readonly terminal?: boolean;
}

/**
 * Starts a shell as that user and waits for its greeting: the only proof that it is a shell and that user. Where the way to become
 * another turns out to want a terminal it is started a second time, on one. A password is shown once at most.
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
  const opened =
    change.to === change.from ? await logIn(attempt, seconds) : await become(attempt, user.terminal ?? false, seconds);
  return opened.ok || !signal.aborted ? opened : err(CANCELLED);
}

/** The user a step or a connection runs as. */
export function userOf(become: Become, loginUser: string): string {
  if (become === false) return loginUser;
  return become === true ? 'root' : become;
}

type NotOpen = Exclude<Met, { readonly how: 'open' | 'failed' }>;

const CANCELLED: ErrorInfo = { code: 'interrupted', message: 'cancelled while its shell was started' };

async function logIn(attempt: Attempt, seconds: string): Promise<Result<OpenShell, ErrorInfo>> {
  const met = await meet(attempt, { line: 'exec /bin/sh' });
  if (met.how === 'open') return ok({ ...met.shell, terminal: false });
  return err(met.how === 'failed' ? met.error : notLoggedIn(met, attempt.change.from, seconds));
}

function notLoggedIn(met: NotOpen, user: string, seconds: string): ErrorInfo {
  return met.how === 'late' ? loginSilent(met.session, user, seconds) : loginRefused(met.session, user);
}

async function become(attempt: Attempt, terminal: boolean, seconds: string): Promise<Result<OpenShell, ErrorInfo>> {
  const { reach, change, offering } = attempt;
  const chosen = methodFor(reach.becoming, change);
  if (!chosen.ok) return chosen;
  const { method, program } = chosen.value;
  const how = { program, password: offering.password !== undefined, terminal };
  const start = method.start(change, how);
  const met = await meet(attempt, start);
  if (met.how === 'open') return ok({ ...met.shell, terminal });
  if (met.how === 'failed') return err(met.error);
  const said = saidSince(start.mark, met.session?.stray ?? '');
  if (said === undefined) return err(notLoggedIn(met, change.from, seconds));
  if (!terminal && met.how === 'ended' && method.wantsTerminal(said, how)) return become(attempt, true, seconds);
  if (met.how === 'refused') return err(passwordRefused(method, change, said));
  if (met.how === 'unanswered') return err(passwordMissing(method, change, said));
  const restricted = method === SUDO ? await restrictedRules(reach, program, change, said) : undefined;
  const known = restricted ?? becomeRefused(method, change, said);
  if (known !== undefined) return err(known);
  const login = start.mark === undefined && met.session ? refusedByLogin(met.session, change.from) : undefined;
  if (login !== undefined) return err(login);
  // Whoever refuses to make somebody another says so.
  if (met.how === 'ended' && said.trim() === '') return err(loginRefused(met.session, change.from));
  return err(met.how === 'late' ? becomeSilent(method, change, said, seconds) : becomeFailed(method, change, said));
}

/** What the program said, and the login shell before it where no mark is between them. `undefined`: it did not come to the mark. */
function saidSince(mark: string | undefined, said: string): string | undefined {
  const at = said.indexOf(mark?.trimEnd() ?? '');
  return at < 0 ? undefined : said.slice(at);
}
