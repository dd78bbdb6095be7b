import { execFile, type ExecFileException } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { err, ok, type Result } from '../../../util/result.ts';
import type { FileProblem } from '../../files-beside.ts';
import { unreadable } from '../../read-file.ts';

const MOST_OUTPUT = 16 * 1024 * 1024;

/**
 * What a program prints: at most 16 MiB of text. It runs in its own folder, with these variables, without a shell, without input. After so long it is
 * ended, and what it has started. It stays in our session, and so has the terminal where it asks for a password.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  { longestRunMs, environment }: { readonly longestRunMs: number; readonly environment: NodeJS.ProcessEnv },
): Promise<Result<string, FileProblem>> {
  const late = AbortSignal.timeout(longestRunMs);
  return new Promise((settle) => {
    const child = execFile(program, args, optionsOf(program, environment), (error, stdout, stderr) => {
      late.removeEventListener('abort', endAll);
      if (error === null) settle(ok(stdout));
      else settle(err(late.aborted ? tookTooLong(longestRunMs, stderr) : failure(error, stderr)));
    });
    const endAll = (): void => {
      for (const pid of withDescendants(child.pid)) end(pid);
      // Who has left the tree may still hold them open.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    late.addEventListener('abort', endAll);
    child.stdin?.end();
  });
}

const optionsOf = (program: string, env: NodeJS.ProcessEnv) =>
  ({ cwd: dirname(program), env, maxBuffer: MOST_OUTPUT, killSignal: 'SIGKILL' }) as const;

/** As far as the kernel tells: elsewhere than on Linux only the process itself. */
function withDescendants(pid: number | undefined): readonly number[] {
  if (pid === undefined) return [];
  return [pid, ...childrenOf(pid).flatMap(withDescendants)];
}

function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

const tookTooLong = (longestRunMs: number, stderr: string): FileProblem => ({
  code: 'E_PROGRAM',
  message: `the program took longer than ${longestRunMs / 1000} s`,
  hint: inItsWords(stderr),
});

function failure(error: ExecFileException, stderr: string): FileProblem {
  const hint = inItsWords(stderr);
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return { code: 'E_SIZE', message: 'the program printed more than 16 MiB', hint: 'let it print less' };
  if (error.signal !== undefined && error.signal !== null)
    return { code: 'E_PROGRAM', message: `the program was ended by ${error.signal}`, hint };
  if (typeof error.code === 'number')
    return { code: 'E_PROGRAM', message: `the program ended with status ${error.code}`, hint };
  // It was read just before, so what is missing is its interpreter.
  if (error.code === 'ENOENT') {
    const message = 'the program that its first line names is not there';
    return { code: 'E_PROGRAM', message, hint: 'install it, or correct the line' };
  }
  return unreadable(error, 'a program');
}

function inItsWords(stderr: string): string {
  const said = stderr.trim().split(/\r?\n/).slice(-5).join('\n').slice(-1000);
  return said === '' ? 'run it by hand to see why' : `it said: ${said}`;
}
