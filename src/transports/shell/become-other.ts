import type { ErrorInfo } from '../../model/error.ts';
import { err, ok, type Result } from '../../util/result.ts';
import {
  becomeFailed,
  becomeRefused,
  becomeSilent,
  passwordMissing,
  passwordRefused,
  passwordWithheld,
} from './become-refusal.ts';
import type { Start, Way } from './become.ts';
import { loginRefused, loginSilent, refusedByLogin } from './login-refusal.ts';
import { meet, type Attempt, type Met, type MetShell } from './meet.ts';
import { methodFor, type ChosenMethod } from './methods.ts';
import { restrictedRules } from './sudo-rules.ts';
import { SUDO } from './sudo.ts';
import { within } from './within.ts';

/** A shell of another user, and the way it took. */
export interface OtherShell extends MetShell {
  readonly way: Way;
}

/**
 * Tries one way after another, each known to be needed by what the one before said. Who asks is started only when it may be
 * answered: a question that is left open is one more failure for what locks accounts (pam_faillock). So a password is shown once
 * at most, and none is asked for in vain. `known`: the way that it took before on this connection.
 */
export async function becomeOther(
  attempt: Attempt,
  known: Way | undefined,
  seconds: string,
): Promise<Result<OtherShell, ErrorInfo>> {
  const { reach, change, offering } = attempt;
  const chosen = methodFor(reach.becoming, change);
  if (!chosen.ok) return chosen;
  const { method, program } = chosen.value;
  const { password, passwords } = offering;
  const given = {
    password: password !== undefined,
    free: password !== undefined && passwords.isFree(reach.name, password),
  };
  let way = known ?? method.first(given);
  while (way !== undefined) {
    const start = method.start(change, program, way);
    const met = await (way.asks ? meetAsking(attempt, start) : meet(attempt, start));
    if (met.how === 'open') return ok({ ...met.shell, way });
    if (met.how === 'failed') return err(met.error);
    const said = saidSince(start.mark, met.session?.stray ?? '');
    if (said === undefined) return err(notLoggedIn(met, change.from, seconds));
    const next = met.how === 'ended' ? method.next(said, way, given.password) : undefined;
    if (next === undefined) return err(await whyNot(attempt, chosen.value, start, met, said, seconds));
    way = next;
  }
  return err(passwordMissing(method, change));
}

/** One host alone until one has taken the password, and none after one has refused it: from the start on, as it will ask. */
async function meetAsking(attempt: Attempt, start: Start): Promise<Met> {
  const { reach, change, late } = attempt;
  const { password, passwords } = attempt.offering;
  if (password === undefined) throw new Error('who asks is not started without a password');
  let meeting: Promise<Met> | undefined;
  const showing = passwords.show(reach.name, password, async () => {
    if (late.aborted) return 'ended';
    meeting = meet(attempt, start);
    return (await meeting).password ?? 'ended';
  });
  const verdict = await within(showing, late);
  if (typeof verdict === 'object') return { how: 'failed', error: passwordWithheld(change, verdict.refusedBy) };
  return meeting ?? { how: 'late' };
}

type NotOpen = Exclude<Met, { readonly how: 'open' | 'failed' }>;

/** What the program said, and the login shell before it where no mark is between them. `undefined`: it did not come to the mark. */
function saidSince(mark: string | undefined, said: string): string | undefined {
  const at = said.indexOf(mark?.trimEnd() ?? '');
  return at < 0 ? undefined : said.slice(at);
}

function notLoggedIn(met: NotOpen, user: string, seconds: string): ErrorInfo {
  return met.how === 'late' ? loginSilent(met.session, user, seconds) : loginRefused(met.session, user);
}

async function whyNot(
  { reach, change }: Attempt,
  { method, program }: ChosenMethod,
  start: Start,
  met: NotOpen,
  said: string,
  seconds: string,
): Promise<ErrorInfo> {
  const restricted = method === SUDO ? await restrictedRules(reach, program, change, said) : undefined;
  const known = restricted ?? becomeRefused(method, change, said);
  if (known !== undefined) return known;
  if (met.password === 'refused') return passwordRefused(method, change, said);
  const login = start.mark === undefined && met.session ? refusedByLogin(met.session, change.from) : undefined;
  if (login !== undefined) return login;
  if (met.how === 'late') return becomeSilent(method, change, said, seconds);
  // Whoever refuses to make somebody another says so.
  return said.trim() === '' ? loginRefused(met.session, change.from) : becomeFailed(method, change, said);
}
