import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { PROGRAM, type Workplace } from './spawn.ts';

export type BegunRun = ChildProcessByStdio<null, Readable, null>;

/** Starts the real program, with `--json`, and leaves it to go on. To end it is for the caller. */
export function startRun(place: Workplace, argv: readonly string[]): BegunRun {
  return spawn(process.execPath, [PROGRAM, ...argv, '--json'], {
    env: place.environment(),
    cwd: place.directory,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Resolves when the run has said that, or has ended. Nothing it says later is read. */
export async function hasSaid({ stdout }: BegunRun, words: RegExp): Promise<void> {
  let out = '';
  for await (const chunk of stdout) {
    out += String(chunk);
    if (words.test(out)) return;
  }
}
