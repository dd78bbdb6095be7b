import type { Readable } from 'node:stream';
import type { Secret } from '../../util/secret.ts';
import type { PasswordVerdict, ShownPasswords, Withheld } from '../shown-passwords.ts';
import type { Dialogue } from './become.ts';
import type { Pipes } from './reach.ts';

/** More than this before the shell is there is no dialogue; the session sees to that. */
const KEPT = 64 * 1024;

/** A password, and who else of this run was shown it. */
export interface Offer {
  readonly host: string;
  /** Absent: there is none to answer with. */
  readonly password: Secret | undefined;
  readonly passwords: ShownPasswords;
}

/**
 * Answers once when the password is asked for, and never otherwise: where none is needed, it would be read by the shell. Until this
 * has settled nothing else may be written. `taken`: the shell is there. `unanswered`: it was asked, and there is no password.
 */
export async function answerPrompt(
  pipes: Pipes,
  dialogue: Dialogue,
  { host, password, passwords }: Offer,
  signal: AbortSignal,
): Promise<PasswordVerdict | Withheld | 'unanswered'> {
  const { asked, end } = listen(pipes, dialogue);
  const first = await Promise.race([asked, end]);
  if (first !== 'asked') return first;
  if (password === undefined) return 'unanswered';
  return passwords.show(host, password, () => {
    if (signal.aborted) return Promise.resolve('ended');
    pipes.stdin.write(`${password.reveal()}\n`);
    return end;
  });
}

/** A second question means that the first answer was wrong; who asks only once says so in words. */
function listen(pipes: Pipes, dialogue: Dialogue): { asked: Promise<'asked'>; end: Promise<PasswordVerdict> } {
  const asked = Promise.withResolvers<'asked'>();
  const end = Promise.withResolvers<PasswordVerdict>();
  const onAsked = (times: number): void => (times === 1 ? asked.resolve('asked') : end.resolve('refused'));
  const stdout = watch(pipes.stdout, dialogue, onAsked, () => end.resolve('taken'));
  const stderr = watch(pipes.stderr, dialogue, onAsked);
  void pipes.closed.then(() => end.resolve(dialogue.wrong.test(stderr.said() + stdout.said()) ? 'refused' : 'ended'));
  void end.promise.then(() => {
    stdout.stop();
    stderr.stop();
  });
  return { asked: asked.promise, end: end.promise };
}

/** Sees each question once, however the stream is cut. */
function watch(
  stream: Readable,
  { asked, ready }: Dialogue,
  onAsked: (times: number) => void,
  onReady?: () => void,
): { said: () => string; stop: () => void } {
  let said = '';
  let times = 0;
  let askedAt = -1;
  const take = (chunk: Buffer): void => {
    if (said.length > KEPT) return;
    said += chunk.toString('latin1');
    if (onReady !== undefined && said.includes(ready)) return onReady();
    const at = asked(said);
    if (at <= askedAt) return;
    askedAt = at;
    times += 1;
    onAsked(times);
  };
  stream.on('data', take);
  return { said: () => said, stop: () => void stream.off('data', take) };
}
