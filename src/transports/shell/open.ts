import type { ErrorInfo } from '../../model/error.ts';
import type { Become } from '../../model/transport.ts';
import { printableLine } from '../../util/printable.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { parseGreeting, type Greeting } from './greeting.ts';
import { HOST_SOURCE } from './host-source.ts';
import type { Reach } from './reach.ts';
import { ShellSession } from './session.ts';

export interface OpenShell {
  readonly session: ShellSession;
  readonly greeting: Greeting;
}

/** Starts a shell as that user and waits for its greeting: the only proof that it is a shell and that user. */
export async function openShell(
  reach: Reach,
  become: Become,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<OpenShell, ErrorInfo>> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const opening = reach.open(become);
  const pipes = await within(opening, late);
  if (pipes === undefined) {
    void opening.then((unwanted) => unwanted.ok && unwanted.value.destroy());
    return err(noAnswer(reach, become, timeoutMs, signal));
  }
  if (!pipes.ok) return pipes;
  const session = new ShellSession(pipes.value);
  pipes.value.stdin.write(HOST_SOURCE);
  const report = await within(session.send((nonce) => `rb_greet ${nonce}`).report, late);
  const greeting = report?.status === undefined ? undefined : parseGreeting(report.stdout.text);
  if (greeting !== undefined) return ok({ session, greeting });
  const error = report === undefined ? noAnswer(reach, become, timeoutMs, signal) : refused(reach, become, session);
  session.destroy();
  return err(error);
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

const becomes = (reach: Reach, become: Become) => userOf(become, reach.user) !== reach.user;

function noAnswer(reach: Reach, become: Become, timeoutMs: number, signal: AbortSignal): ErrorInfo {
  if (signal.aborted) return { code: 'interrupted', message: `cancelled while its shell was started` };
  const seconds = `${Math.round(timeoutMs / 100) / 10} s`;
  if (becomes(reach, become))
    return {
      code: 'become',
      message: `sudo to ${userOf(become, reach.user)} did not answer within ${seconds}`,
      hint: `Log in as ${reach.user} and run: sudo -n -u ${userOf(become, reach.user)} true`,
    };
  return {
    code: 'shell-unusable',
    message: `the login shell of ${reach.user} did not answer within ${seconds}`,
    hint: 'A start-up file of that shell may wait for input. Log in and see what it does without a terminal.',
  };
}

/** Why there is no shell, from what was said instead. sudo was asked in the C locale, so its words are its own. */
function refused(reach: Reach, become: Become, session: ShellSession): ErrorInfo {
  const said = printableLine(session.stray).slice(0, 500);
  const user = userOf(become, reach.user);
  if (session.flooded)
    return {
      code: 'shell-unusable',
      message: `more than 64 kB came before the shell's first answer; it begins: ${said.slice(0, 80)}`,
      hint: `Look at what the login shell of ${reach.user} prints when it has no terminal.`,
    };
  if (becomes(reach, become))
    return {
      code: 'become',
      message: sudoWords(said, reach.user, user),
      hint: sudoHint(said, reach.user, user),
    };
  return {
    code: 'shell-unusable',
    message: `the login shell of ${reach.user} does not start /bin/sh${said === '' ? '' : `; it says: ${said}`}`,
    hint: `Give ${reach.user} a usual login shell (chsh), or log in as another user.`,
  };
}

function sudoWords(said: string, from: string, to: string): string {
  if (/password is required|terminal is required/.test(said)) return `sudo asks ${from} for a password to become ${to}`;
  if (/not in the sudoers|may not run sudo|not allowed to/.test(said)) return `sudo does not let ${from} become ${to}`;
  if (/unknown user|does not exist/.test(said)) return `there is no user ${to}`;
  if (/must have a tty/.test(said)) return `sudo wants a terminal (requiretty in sudoers)`;
  if (/sudo.*(not found|No such file)/.test(said)) return 'sudo is not installed';
  return `${from} could not become ${to}${said === '' ? '' : `: ${said}`}`;
}

function sudoHint(said: string, from: string, to: string): string {
  if (/sudo.*(not found|No such file)/.test(said)) return 'Install sudo, or log in as root.';
  if (/unknown user|does not exist/.test(said)) return 'Correct become.';
  const rule = `${from} ALL=(${to === 'root' ? 'ALL' : to}) NOPASSWD: ALL`;
  return `Add to /etc/sudoers.d with visudo: ${rule} - or log in as root.`;
}
