import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { err, ok, type Result } from '../../util/result.ts';
import type { FileProblem } from '../files-beside.ts';
import { readBytes, readText, unreadable } from '../read-file.ts';
import type { InventoryFiles } from './files.ts';

const MIB = 1024 * 1024;
const WANTED = { maxBytes: 16 * MIB, kind: 'an inventory', tooLarge: 'split it' } as const;

/**
 * The files of this machine. A program may take so long and print 16 MiB, has no input, and is not run when everybody may write it.
 * It is ended alone, not what it has started: a session of its own would take the terminal from one that asks for a password.
 */
export const onDisk = (longestRunMs: number): InventoryFiles => ({
  kindOf(path) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    if (stat.isDirectory()) return 'directory';
    return stat.isFile() && isExecutable(path) ? 'program' : 'file';
  },
  namesIn(directory) {
    try {
      return readdirSync(directory);
    } catch {
      return [];
    }
  },
  read: (path) => readText(path, WANTED),
  run: (path, args) => run(path, args, longestRunMs),
});

export const ON_DISK: InventoryFiles = onDisk(30_000);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function run(path: string, args: readonly string[], timeout: number): Promise<Result<string, FileProblem>> {
  // Never looked for in PATH.
  const program = resolve(path);
  const checked = readBytes(program, { ...WANTED, kind: 'a program', tooLarge: 'give a smaller one' }, ({ mode }) =>
    (mode & 0o002) === 0
      ? undefined
      : { code: 'E_PERM', message: 'every user may write this program', hint: `chmod o-w ${program}` },
  );
  if (!checked.ok && checked.error.code !== 'E_SIZE') return err(checked.error);
  const options = {
    cwd: dirname(program),
    timeout,
    maxBuffer: 16 * MIB,
    killSignal: 'SIGKILL',
  } as const;
  return new Promise((settle) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      settle(error === null ? ok(stdout) : err(failure(error, stderr, timeout)));
    });
    child.stdin?.end();
  });
}

type RunError = Parameters<NonNullable<Parameters<typeof execFile>[3]>>[0];

function failure(error: NonNullable<RunError>, stderr: string, timeout: number): FileProblem {
  const said = lastLines(stderr);
  const hint = said === '' ? 'run it by hand to see why' : `it said: ${said}`;
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return { code: 'E_SIZE', message: 'the program printed more than 16 MiB', hint: 'let it print less' };
  if (error.killed === true)
    return { code: 'E_PROGRAM', message: `the program took longer than ${timeout / 1000} s`, hint };
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

function lastLines(text: string): string {
  const lines = text.trim().split(/\r?\n/);
  return lines.slice(-5).join('\n').slice(-1000);
}
