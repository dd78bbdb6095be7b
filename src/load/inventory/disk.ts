import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { err, ok, type Result } from '../../util/result.ts';
import type { FileProblem } from '../files-beside.ts';
import { readBytes, readText, unreadable } from '../read-file.ts';
import type { InventoryFiles } from './files.ts';

const MIB = 1024 * 1024;
const WANTED = { maxBytes: 16 * MIB, kind: 'an inventory', tooLarge: 'split it' } as const;
const LONGEST_RUN_MS = 30_000;

/** The files of this machine. A program may take 30 s and print 16 MiB, and is not run when everybody may write it. */
export const ON_DISK: InventoryFiles = {
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
  run,
};

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function run(program: string, args: readonly string[]): Promise<Result<string, FileProblem>> {
  const checked = readBytes(program, { ...WANTED, kind: 'a program', tooLarge: 'give a smaller one' }, ({ mode }) =>
    (mode & 0o002) === 0
      ? undefined
      : { code: 'E_PERM', message: 'every user may write this program', hint: `chmod o-w ${program}` },
  );
  if (!checked.ok && checked.error.code !== 'E_SIZE') return err(checked.error);
  const options = {
    cwd: dirname(program),
    timeout: LONGEST_RUN_MS,
    maxBuffer: 16 * MIB,
    killSignal: 'SIGKILL',
  } as const;
  return new Promise((resolve) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      resolve(error === null ? ok(stdout) : err(failure(error, stderr)));
    });
    child.stdin?.end();
  });
}

type RunError = Parameters<NonNullable<Parameters<typeof execFile>[3]>>[0];

function failure(error: NonNullable<RunError>, stderr: string): FileProblem {
  const said = lastLines(stderr);
  const hint = said === '' ? 'run it by hand to see why' : `it said: ${said}`;
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return { code: 'E_SIZE', message: 'the program printed more than 16 MiB', hint: 'let it print less' };
  if (error.killed === true)
    return { code: 'E_PROGRAM', message: `the program took longer than ${LONGEST_RUN_MS / 1000} s`, hint };
  if (error.signal !== undefined && error.signal !== null)
    return { code: 'E_PROGRAM', message: `the program was ended by ${error.signal}`, hint };
  if (typeof error.code === 'number')
    return { code: 'E_PROGRAM', message: `the program ended with status ${error.code}`, hint };
  return unreadable(error, 'a program');
}

function lastLines(text: string): string {
  const lines = text.trim().split(/\r?\n/);
  return lines.slice(-5).join('\n').slice(-1000);
}
