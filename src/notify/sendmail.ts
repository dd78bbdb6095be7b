import { spawn } from 'node:child_process';
import { formatDuration } from '../util/duration.ts';
import { printableLine } from '../util/printable.ts';
import { shorten } from '../util/shorten.ts';
import type { Delivery } from './delivery.ts';

/** Where every mail server of a Unix puts it (Linux Standard Base). */
const SENDMAIL = '/usr/sbin/sendmail';
const LIMIT_MS = 10_000;

/** Of sysexits.h, as sendmail(8) has them: it would be the same another time. */
const FOR_GOOD = new Map([
  [64, 'it was called in a wrong way'],
  [65, 'the address is none'],
  [67, 'there is no such user'],
  [68, 'there is no such host'],
]);

/** Variables it may need; ours hold secrets. */
const PASSED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'TZ'];

export interface SendmailSettings {
  readonly signal: AbortSignal;
  readonly environment: NodeJS.ProcessEnv;
  /** Absent: that of the machine. */
  readonly program?: string;
}

/** Hands a mail to the mail server of this machine: recipients are in its headers. Waits ten seconds at most. */
export function sendmail(
  text: string,
  { signal, environment, program = SENDMAIL }: SendmailSettings,
): Promise<Delivery> {
  return new Promise((resolve) => {
    const limit = AbortSignal.timeout(LIMIT_MS);
    const env = Object.fromEntries(PASSED.flatMap((name) => (name in environment ? [[name, environment[name]]] : [])));
    const child = spawn(program, ['-t', '-i'], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env,
      signal: AbortSignal.any([signal, limit]),
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 1000) said += chunk.toString();
    });
    child.stderr.on('error', () => undefined);
    // One that reads nothing says why by its exit code.
    child.stdin.on('error', () => undefined);
    child.once('error', (cause: NodeJS.ErrnoException) => {
      resolve({ kind: 'later', note: whyNot(cause, program, limit.aborted) });
      // A child of the program may hold its streams open.
      child.stderr.destroy();
    });
    child.once('exit', (code, killedBy) => {
      if (code === 0) return void resolve({ kind: 'sent', note: `taken by ${program}` });
      const meaning = FOR_GOOD.get(code ?? 0);
      const end = code === null ? `was ended by ${killedBy ?? 'a signal'}` : `ended with exit code ${code}`;
      const why = shorten(printableLine(said.trim()), 200);
      const note = [`${program} ${end}`, meaning, why].filter((part) => part !== undefined && part !== '').join(': ');
      resolve({ kind: meaning === undefined ? 'later' : 'never', note });
    });
    child.stdin.end(text);
  });
}

function whyNot(cause: NodeJS.ErrnoException, program: string, isLate: boolean): string {
  if (isLate) return `${program} took longer than ${formatDuration(LIMIT_MS)}`;
  if (cause.code === 'ENOENT') return `there is no ${program}: install a mail server, or a program such as msmtp-mta`;
  return cause.name === 'AbortError'
    ? `${program} has not ended so far`
    : `${program} cannot be started: ${cause.message}`;
}
