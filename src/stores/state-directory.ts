import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { join } from 'node:path';
import type { ErrorInfo } from '../model/error.ts';
import { err, ok, type Result } from '../util/result.ts';

const WRITABLE_BY_OTHERS = 0o022;
const ELSEWHERE = 'make room or allow writing there, or set XDG_STATE_HOME to another place';

/** The store in a state directory. */
export const storeFile = (directory: string): string => join(directory, 'runbook.db');

/**
 * Makes the directory with mode 0700 if it is not there, and refuses one that somebody else could have filled: another owner,
 * a symbolic link, or writable by group or others. What is read back from it decides what is run as root.
 */
export function openStateDirectory(path: string): Result<string, ErrorInfo> {
  try {
    makeDirectory(path);
    const status = lstatSync(path);
    const uid = process.getuid?.();
    if (!status.isDirectory()) return err(unsafe(path, 'is not a directory', `move it away`));
    if (uid !== undefined && status.uid !== uid)
      return err(unsafe(path, `belongs to uid ${status.uid}, not to uid ${uid}`, `chown ${uid} ${path}`));
    if ((status.mode & WRITABLE_BY_OTHERS) !== 0)
      return err(unsafe(path, 'can be written by others', `chmod 700 ${path}`));
    return ok(path);
  } catch (cause) {
    return err(unsafe(path, `cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, ELSEWHERE));
  }
}

/** Not by way of `recursive`, which tries for ever where the kernel says that a folder is not there, as below /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  try {
    mkdirSync(path, 0o700);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  }
}

function unsafe(path: string, what: string, hint: string): ErrorInfo {
  return { code: 'store', message: `the state directory ${path} ${what}`, hint };
}
