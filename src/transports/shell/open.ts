import type { ErrorInfo } from '../../model/error.ts';
import type { Become } from '../../model/transport.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { Secret } from '../../util/secret.ts';
import { parseGreeting, type Greeting } from './greeting.ts';
import { HOST_SOURCE } from './host-source.ts';
import type { Pipes, Reach } from './reach.ts';
import { loginRefused, passwordRefused, passwordWithheld, sudoFailed, type Change } from './refusal.ts';
import { ShellSession } from './session.ts';
import { newMarks, shellCommand, type SudoMarks } from './shell-command.ts';
import type { ShownPasswords } from '../shown-passwords.ts';
import { answerSudo } from './sudo.ts';

export interface OpenShell {
  readonly session: ShellSession;
  readonly greeting: Greeting;
}

/** Whom a shell is to belong to, and what sudo may be told for it. */
export interface ShellUser {
  readonly become: Become;
  /** Without one sudo is told not to ask. */
  readonly password: Secret | undefined;
  readonly passwords: ShownPasswords;
}

/** Starts a shell as that user and waits for its greeting: the only proof that it is a shell and that user. */
export async function openShell(
  reach: Reach,
  shellUser: ShellUser,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<OpenShell, ErrorInfo>> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const change: Change = { from: reach.user, to: userOf(shellUser.become, reach.user) };
  const marks = shellUser.password === undefined || change.to === change.from ? undefined : newMarks();
  const command = shellCommand(change.to, change.from, marks);
  if (!command.ok) return command;
  const opening = reach.open(command.value);
  const pipes = await within(opening, late);
  if (pipes === undefined) {
    void opening.then((unwanted) => unwanted.ok && unwanted.value.destroy());
    return err(noAnswer(change, timeoutMs, signal));
  }
  if (!pipes.ok) return pipes;
  const session = new ShellSession(pipes.value);
  const greeting = await meet(session, pipes.value, { reach, shellUser, change, marks }, late);
  if (greeting?.ok === true) return ok({ session, greeting: greeting.value });
  session.destroy();
  return greeting ?? err(noAnswer(change, timeoutMs, signal));
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

interface Meeting {
  readonly reach: Reach;
  readonly shellUser: ShellUser;
  readonly change: Change;
  /** Only when sudo may ask. */
  readonly marks: SudoMarks | undefined;
}

/** `undefined`: no answer before `late`. */
async function meet(
  session: ShellSession,
  pipes: Pipes,
  { reach, shellUser, change, marks }: Meeting,
  late: AbortSignal,
): Promise<Result<Greeting, ErrorInfo> | undefined> {
  const { password, passwords } = shellUser;
  if (marks !== undefined && password !== undefined) {
    const verdict = await within(answerSudo(pipes, marks, { host: reach.name, password, passwords }, late), late);
    if (verdict === undefined) return undefined;
    if (typeof verdict === 'object') return err(passwordWithheld(change, verdict.refusedBy));
    if (verdict === 'refused') return err(passwordRefused(change));
    if (verdict === 'ended') return err(sudoFailed(session, change, marks.prompt));
  }
  pipes.stdin.write(HOST_SOURCE);
  const report = await within(session.send(({ nonce }) => `rb_greet ${nonce}`).report, late);
  if (report === undefined) return undefined;
  const greeting = report.status === undefined ? undefined : parseGreeting(report.stdout.text);
  if (greeting !== undefined) return ok(greeting);
  return err(change.to === change.from ? loginRefused(session, change.from) : sudoFailed(session, change, ''));
}

function noAnswer({ from, to }: Change, timeoutMs: number, signal: AbortSignal): ErrorInfo {
  if (signal.aborted) return { code: 'interrupted', message: `cancelled while its shell was started` };
  const seconds = `${Math.round(timeoutMs / 100) / 10} s`;
  if (to !== from)
    return {
      code: 'become',
      message: `sudo to ${to} did not answer within ${seconds}`,
      hint: `Log in as ${from} and run: sudo -u ${to} true`,
    };
  return {
    code: 'shell-unusable',
    message: `the login shell of ${from} did not answer within ${seconds}`,
    hint: 'A start-up file of that shell may wait for input. Log in and see what it does without a terminal.',
  };
}
