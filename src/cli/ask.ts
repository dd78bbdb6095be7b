import { createInterface } from 'node:readline/promises';
import type { Terminal } from './terminal.ts';

/**
 * Asks until `yes` or `no` is typed out. The end of input, and the abort of `signal`, mean no. The terminal stays in its own
 * line mode, so that Ctrl-C reaches the process as the signal it always is.
 */
export async function askYesNo(question: string, terminal: Terminal, signal: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: terminal.err.stream, terminal: false });
  const ended = new AbortController();
  lines.once('close', () => {
    ended.abort();
  });
  try {
    for (;;) {
      const answer = await lines.question(question, { signal: AbortSignal.any([signal, ended.signal]) });
      if (/^\s*yes\s*$/i.test(answer)) return true;
      if (/^\s*no?\s*$/i.test(answer)) return false;
      terminal.err.print('please type yes or no\n');
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return false;
    throw error;
  } finally {
    lines.close();
  }
}
