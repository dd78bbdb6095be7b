import type { Writable } from 'node:stream';

/** Where a reporter writes. Writing never waits and never throws. */
export interface LineSink {
  write(text: string): void;
  /** Resolves when all is handed to the operating system, or nobody reads any more. */
  drain(): Promise<void>;
}

/**
 * A reader that went away (`runbook run … | head`) is no failure of a run: after EPIPE the rest is dropped.
 */
export function sinkOf(stream: Writable): LineSink {
  let broken = false;
  let last: Promise<void> = Promise.resolve();
  stream.on('error', () => {
    broken = true;
  });
  return {
    write: (text) => {
      if (broken || stream.destroyed) return;
      last = new Promise((resolve) => {
        stream.write(text, () => {
          resolve();
        });
      });
    },
    drain: () => last,
  };
}
