import type { Readable } from 'node:stream';
import type { Secret } from '../../util/secret.ts';
import type { Dialogue } from './become.ts';
import type { Pipes } from './reach.ts';

/** More than this before the shell is there is no dialogue; the session sees to that. */
const KEPT = 64 * 1024;

/** `unasked`: the shell is there, and nobody wanted the password. `ended`: there is no shell, for another reason than the password. */
export type PromptEnd = 'taken' | 'refused' | 'unasked' | 'ended';

/**
 * Answers once when the password is asked for, and never otherwise: where none is needed, it would be read by the shell. Until this
 * has settled nothing else may be written.
 */
export function answerPrompt(
  pipes: Pipes,
  { asked, ready, wrong }: Dialogue,
  password: Secret | undefined,
  signal: AbortSignal,
): Promise<PromptEnd> {
  return new Promise((resolve) => {
    let answered = false;
    const settle = (end: PromptEnd): void => {
      stdout.stop();
      stderr.stop();
      resolve(end);
    };
    // A second question means that the first answer was wrong; who asks only once says so in words.
    const onAsked = (): void => {
      if (answered) return settle('refused');
      if (password === undefined || signal.aborted) return;
      answered = true;
      pipes.stdin.write(`${password.reveal()}\n`);
    };
    const onReady = (): void => settle(answered ? 'taken' : 'unasked');
    const stdout = watch(pipes.stdout, { asked, onAsked, ready, onReady });
    const stderr = watch(pipes.stderr, { asked, onAsked, ready, onReady });
    void pipes.closed.then(() => settle(answered && wrong.test(stderr.said() + stdout.said()) ? 'refused' : 'ended'));
  });
}

interface Watched extends Pick<Dialogue, 'asked' | 'ready'> {
  readonly onAsked: () => void;
  readonly onReady: () => void;
}

/** Sees each question once, however the stream is cut. */
function watch(
  stream: Readable,
  { asked, onAsked, ready, onReady }: Watched,
): { said: () => string; stop: () => void } {
  let said = '';
  let askedAt = -1;
  const take = (chunk: Buffer): void => {
    if (said.length > KEPT) return;
    said += chunk.toString('latin1');
    if (said.includes(ready)) return onReady();
    const at = asked(said);
    if (at <= askedAt) return;
    askedAt = at;
    onAsked();
  };
  stream.on('data', take);
  return { said: () => said, stop: () => void stream.off('data', take) };
}
