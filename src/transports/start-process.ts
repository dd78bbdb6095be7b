import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { err, ok, type Result } from '../util/result.ts';

export type PipedProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * A process behind three pipes, in a session of its own: Ctrl-C in a terminal must not end what changes a host. An error says why
 * there is none, as a clause; only that there is no such program comes later, by `error`.
 */
export function startProcess(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Result<PipedProcess, string> {
  try {
    const child = spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'], env });
    child.once('error', () => undefined);
    // Contrary to its type: Node makes no pipes when no file can be opened any more.
    const isWhole = ([child.stdin, child.stdout, child.stderr] as readonly unknown[]).every(Boolean);
    return isWhole ? ok(child) : err('too many files are open here (ulimit -n)');
  } catch (error) {
    return err((error as Error).message);
  }
}
