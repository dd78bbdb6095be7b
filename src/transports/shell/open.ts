import type { ErrorInfo } from '../../model/error.ts';
import type { Become } from '../../model/transport.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Secret } from '../../util/secret.ts';
import type { ShownPasswords } from '../shown-passwords.ts';
import { becomeFailed, becomeSilent, passwordMissing, passwordRefused, passwordWithheld } from './become-refusal.ts';
import type { Change, Start } from './become.ts';
import { parseGreeting, type Greeting } from './greeting.ts';
import { HOST_SOURCE } from './host-source.ts';
import { inputTaken, loginRefused, loginSilent, refusedByLogin, signalIgnored } from './login-refusal.ts';
import { methodFor, type ChosenMethod } from './methods.ts';
import { answerPrompt } from './password-prompt.ts';
import type { Pipes, Reach } from './reach.ts';
import { ShellSession } from './session.ts';
import { restrictedRules } from './sudo-rules.ts';

export interface OpenShell {
  readonly session: ShellSession;
  readonly greeting: Greeting;
  /** It took a terminal to become this user. */
  readonly terminal: boolean;
}

/** Whom a shell is to belong to, and what may be said for it. */
export interface ShellUser {
  readonly become: Become;
  /** Without one nobody is let ask. */
  readonly password: Secret | undefined;
  readonly passwords: ShownPasswords;
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
  const attempt = { reach, user, change, late };
  if (change.to === change.from) {
    const met = await meet(attempt, { line: 'exec /bin/sh' });
    if (met.how === 'open') return ok({ ...met.shell, terminal: false });
    if (met.how === 'failed') return err(met.error);
    if (met.how === 'ended') return err(loginRefused(met.session, change.from));
    return err(signal.aborted ? CANCELLED : loginSilent(met.session, change.from, inSeconds(timeoutMs)));
  }
  const method = methodFor(reach.becoming, change);
  return method.ok ? becomeOther(attempt, method.value, timeoutMs, signal) : method;
}

/** The user a step or a connection runs as. */
export function userOf(become: Become, loginUser: string): string {
  if (become === false) return loginUser;
  return become === true ? 'root' : become;
}

/** `undefined` when it was aborted before it came. */
export function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

interface Attempt {
  readonly reach: Reach;
  readonly user: ShellUser;
  readonly change: Change;
  readonly late: AbortSignal;
}

type Met =
  | { readonly how: 'open'; readonly shell: Omit<OpenShell, 'terminal'> }
  | { readonly how: 'failed'; readonly error: ErrorInfo }
  | { readonly how: 'asked'; readonly answer: 'refused' | 'unanswered'; readonly session: ShellSession }
  | { readonly how: 'ended'; readonly session: ShellSession }
  | { readonly how: 'late'; readonly session?: ShellSession };

async function becomeOther(
  attempt: Attempt,
  { method, program }: ChosenMethod,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<OpenShell, ErrorInfo>> {
  const { reach, user, change } = attempt;
  for (let terminal = user.terminal ?? false; ; terminal = true) {
    const how = { program, password: user.password !== undefined, terminal };
    const met = await meet(attempt, method.start(change, how));
    if (met.how === 'open') return ok({ ...met.shell, terminal });
    if (met.how === 'failed') return err(met.error);
    if (signal.aborted) return err(CANCELLED);
    const said = met.session?.stray ?? '';
    const login = met.session && refusedByLogin(met.session, change.from);
    if (login !== undefined) return err(login);
    if (met.how === 'late') return err(becomeSilent(method, change, said, inSeconds(timeoutMs)));
    if (met.how === 'asked')
      return err((met.answer === 'refused' ? passwordRefused : passwordMissing)(method, change, said));
    if (!terminal && method.wantsTerminal(said, how)) continue;
    const restricted = method.name === 'sudo' ? await restrictedRules(reach, program, change, said) : undefined;
    return err(restricted ?? becomeFailed(method, change, said));
  }
}

/** One start, up to the greeting of the shell that came of it. */
async function meet(attempt: Attempt, start: Start): Promise<Met> {
  const { reach, late } = attempt;
  const opening = reach.open(start.line);
  const pipes = await within(opening, late);
  if (pipes === undefined) {
    void opening.then((unwanted) => unwanted.ok && unwanted.value.destroy());
    return { how: 'late' };
  }
  if (!pipes.ok) return { how: 'failed', error: pipes.error };
  const session = new ShellSession(pipes.value);
  const met = await speak(attempt, start, session, pipes.value);
  if (met.how !== 'open') session.destroy();
  return met;
}

async function speak(
  { reach, user, change, late }: Attempt,
  start: Start,
  session: ShellSession,
  pipes: Pipes,
): Promise<Met> {
  if (start.source !== undefined) pipes.stdin.write(start.source);
  if (start.dialogue !== undefined) {
    const offer = { host: reach.name, password: user.password, passwords: user.passwords };
    const verdict = await within(answerPrompt(pipes, start.dialogue, offer, late), late);
    if (verdict === undefined) return { how: 'late', session };
    if (typeof verdict === 'object') return { how: 'failed', error: passwordWithheld(change, verdict.refusedBy) };
    if (verdict === 'refused' || verdict === 'unanswered') return { how: 'asked', answer: verdict, session };
    if (verdict === 'ended') return { how: 'ended', session };
  }
  pipes.stdin.write(HOST_SOURCE);
  const report = await within(session.send(({ nonce }) => `rb_greet ${nonce}`).report, late);
  if (report === undefined) return { how: 'late', session };
  const greeting = report.status === undefined ? undefined : parseGreeting(report.stdout.text);
  if (greeting === undefined) return { how: 'ended', session };
  if (!greeting.whole) return { how: 'failed', error: inputTaken(change.from) };
  if (greeting.ignoresTerm) return { how: 'failed', error: signalIgnored(change.from) };
  return { how: 'open', shell: { session, greeting } };
}

const CANCELLED: ErrorInfo = { code: 'interrupted', message: 'cancelled while its shell was started' };

const inSeconds = (milliseconds: number): string => `${Math.round(milliseconds / 100) / 10} s`;
