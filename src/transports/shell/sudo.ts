import type { Readable } from 'node:stream';
import type { Secret } from '../../util/secret.ts';
import type { Pipes } from './reach.ts';
import type { SudoMarks } from './shell-command.ts';
import type { ShownPasswords, PasswordVerdict, Withheld } from '../shown-passwords.ts';

const KEPT = 4096;

/** A password, and who else of this run was shown it. */
export interface Offer {
  readonly host: string;
  readonly password: Secret;
  readonly passwords: ShownPasswords;
}

/**
 * Gives sudo the password when it asks for it with our own prompt, once, and never otherwise: where none is needed, it would
 * be read by the shell. Until this has answered `taken` nothing else may be written. `taken`: the shell is there.
 */
export async function answerSudo(
  pipes: Pipes,
  marks: SudoMarks,
  { host, password, passwords }: Offer,
  signal: AbortSignal,
): Promise<PasswordVerdict | Withheld> {
  const { asked, end } = listen(pipes, marks);
  const first = await Promise.race([asked, end]);
  if (first !== 'asked') return first;
  return passwords.show(host, password, () => {
    if (signal.aborted) return Promise.resolve('ended');
    pipes.stdin.write(`${password.reveal()}\n`);
    return end;
  });
}

/** A second prompt means that the first answer was wrong; sudo that may ask only once says so in words. */
function listen(pipes: Pipes, marks: SudoMarks): { asked: Promise<'asked'>; end: Promise<PasswordVerdict> } {
  const asked = Promise.withResolvers<'asked'>();
  const end = Promise.withResolvers<PasswordVerdict>();
  const stdout = watch(pipes.stdout, marks.ready, () => end.resolve('taken'));
  const stderr = watch(pipes.stderr, marks.prompt, (times) =>
    times === 1 ? asked.resolve('asked') : end.resolve('refused'),
  );
  void pipes.closed.then(() => end.resolve(/incorrect password attempt/.test(stderr.last()) ? 'refused' : 'ended'));
  void end.promise.then(() => {
    stdout.stop();
    stderr.stop();
  });
  return { asked: asked.promise, end: end.promise };
}

/** Calls for each time the mark goes by, however the stream is cut. */
function watch(
  stream: Readable,
  mark: string,
  onMark: (times: number) => void,
): { last: () => string; stop: () => void } {
  let times = 0;
  let held = '';
  const take = (chunk: Buffer): void => {
    held += chunk.toString('latin1');
    for (let at = held.indexOf(mark); at >= 0; at = held.indexOf(mark)) {
      held = held.slice(at + mark.length);
      times += 1;
      onMark(times);
    }
    held = held.slice(-KEPT);
  };
  stream.on('data', take);
  return { last: () => held, stop: () => void stream.off('data', take) };
}
