import { accessSync, constants, readdirSync, realpathSync, statSync, type Stats } from 'node:fs';
import { resolve } from 'node:path';
import { err, ok, type Result } from '../../../util/result.ts';
import type { FileProblem } from '../../files-beside.ts';
import { readBytes, readText, unreadable } from '../../read-file.ts';
import type { InventoryFiles } from '../files.ts';
import { runProgram } from './run-program.ts';

const WANTED = { maxBytes: 16 * 1024 * 1024, kind: 'an inventory', tooLarge: 'split it' } as const;

export interface RunAs {
  readonly longestRunMs?: number;
  /** Its variables. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** The files of this machine. What every user may write is neither read nor run. */
export const onDisk = ({ longestRunMs = 30_000, environment = process.env }: RunAs = {}): InventoryFiles => ({
  kindOf(path) {
    const stat = statOf(path);
    if (stat === undefined) return undefined;
    if (stat.isDirectory()) return 'directory';
    return stat.isFile() && isExecutable(path) ? 'program' : 'file';
  },
  realPath: (directory) => realpathSync.native(directory),
  namesIn,
  read: (path) => readText(path, WANTED),
  async run(path, args) {
    // Never looked for in PATH.
    const program = resolve(path);
    const checked = readBytes(program, { ...WANTED, kind: 'a program', tooLarge: 'give a smaller one' }, ({ mode }) =>
      (mode & 0o002) === 0
        ? undefined
        : { code: 'E_PERM', message: 'every user may write this program', hint: `chmod o-w ${program}` },
    );
    if (!checked.ok && checked.error.code !== 'E_SIZE') return err(checked.error);
    return runProgram(program, args, { longestRunMs, environment });
  },
});

export const ON_DISK: InventoryFiles = onDisk();

/** Undefined also where links lead in a circle, a name is too long, or a folder above may not be searched. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function namesIn(directory: string): Result<readonly string[], FileProblem> {
  try {
    if ((statSync(directory).mode & 0o002) === 0) return ok(readdirSync(directory));
    const message = 'every user may write this directory, and put files into it';
    return err({ code: 'E_PERM', message, hint: `chmod o-w ${directory}` });
  } catch (error) {
    return err(unreadable(error, 'a directory'));
  }
}
