import { StringDecoder } from 'node:string_decoder';
import type { Terminal } from './terminal.ts';

/**
 * Asks for what must not be seen, and shows nothing of what is typed. Undefined when it is interrupted by Ctrl-C, Ctrl-D or the
 * end of input. Only with a terminal; when this process is ended by a signal meanwhile, Node gives the terminal its mode back.
 */
export async function askHidden(question: string, { err }: Terminal): Promise<string | undefined> {
  const { stdin } = process;
  // What is typed as soon as the question can be read must not be shown either.
  stdin.setRawMode(true);
  err.print(question);
  try {
    return await new Promise((resolve) => {
      const line = new HiddenLine();
      const decoder = new StringDecoder('utf8');
      stdin.on('data', (bytes: Buffer) => {
        if (line.type(decoder.write(bytes))) resolve(line.text);
      });
      stdin.once('end', () => {
        resolve(undefined);
      });
      // A question before this one has paused it.
      stdin.resume();
    });
  } finally {
    stdin.removeAllListeners('data').removeAllListeners('end');
    stdin.pause();
    stdin.setRawMode(false);
    err.print('\n');
  }
}

const INTERRUPT = '\u0003';
const END = '\u0004';
const CLEAR_LINE = '\u0015';
const ERASE = ['\u007f', '\b'];

/** A line as a terminal edits it: erased by a key, cleared by Ctrl-U. */
class HiddenLine {
  #characters: string[] = [];
  #isInterrupted = false;

  get text(): string | undefined {
    return this.#isInterrupted ? undefined : this.#characters.join('');
  }

  /** True when the line is done; what was typed after its end is dropped. */
  type(keys: string): boolean {
    // An arrow or another key that sends a sequence is no character of a password.
    if (keys.startsWith('\u001b')) return false;
    for (const key of keys) {
      if (key === '\r' || key === '\n') return true;
      this.#isInterrupted = key === INTERRUPT || (key === END && this.#characters.length === 0);
      if (this.#isInterrupted) return true;
      if (ERASE.includes(key)) this.#characters.pop();
      else if (key === CLEAR_LINE) this.#characters = [];
      else this.#characters.push(key);
    }
    return false;
  }
}
