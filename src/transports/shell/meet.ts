import type { ErrorInfo } from '../../model/error.ts';
import type { Secret } from '../../util/secret.ts';
import type { ShownPasswords } from '../shown-passwords.ts';
import type { Change, Start } from './become.ts';
import { parseGreeting, type Greeting } from './greeting.ts';
import { HOST_SOURCE } from './host-source.ts';
import { unfitShell } from './login-refusal.ts';
import { answerPrompt } from './password-prompt.ts';
import type { Pipes, Reach } from './reach.ts';
import { ShellSession } from './session.ts';
import { within } from './within.ts';

/** What may be said for a shell. */
export interface Offering {
  /** Without one nobody is let ask. */
  readonly password: Secret | undefined;
  readonly passwords: ShownPasswords;
}

export interface Attempt {
  readonly reach: Reach;
  readonly change: Change;
  readonly offering: Offering;
  /** Aborts when the time is over, or nobody wants it any more. */
  readonly late: AbortSignal;
}

export interface MetShell {
  readonly session: ShellSession;
  readonly greeting: Greeting;
}

/** How one start ended, and what came of the password if it was shown. All sessions but that of an open shell are ended. */
export type Met = { readonly password?: 'taken' | 'refused' } & (
  | { readonly how: 'open'; readonly shell: MetShell }
  | { readonly how: 'failed'; readonly error: ErrorInfo }
  | { readonly how: 'ended'; readonly session: ShellSession }
  /** Without a session there was not even a channel. */
  | { readonly how: 'late'; readonly session?: ShellSession }
);

/** One start, up to the greeting of the shell that came of it. */
export async function meet(attempt: Attempt, start: Start): Promise<Met> {
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

async function speak(attempt: Attempt, start: Start, session: ShellSession, pipes: Pipes): Promise<Met> {
  const { offering, late } = attempt;
  if (start.source !== undefined) pipes.stdin.write(start.source);
  if (start.dialogue === undefined) return greet(attempt, session, pipes);
  const end = await within(answerPrompt(pipes, start.dialogue, offering.password, late), late);
  if (end === undefined) return { how: 'late', session };
  if (end === 'ended' || (end === 'unasked' && start.wantsAnswer === true)) return { how: 'ended', session };
  if (end === 'refused') return { how: 'ended', session, password: end };
  const met = await greet(attempt, session, pipes);
  return end === 'taken' ? { ...met, password: end } : met;
}

async function greet({ change, late }: Attempt, session: ShellSession, pipes: Pipes): Promise<Met> {
  pipes.stdin.write(HOST_SOURCE);
  const report = await within(session.send(({ nonce }) => `rb_greet ${nonce}`).report, late);
  if (report === undefined) return { how: 'late', session };
  const greeting = report.status === undefined ? undefined : parseGreeting(report.stdout.text);
  if (greeting === undefined) return { how: 'ended', session };
  if (greeting.unfit !== undefined) return { how: 'failed', error: unfitShell(greeting.unfit, change.from) };
  return { how: 'open', shell: { session, greeting } };
}
