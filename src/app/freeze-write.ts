import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ErrorInfo } from '../model/error.ts';
import { openStateDirectory } from '../stores/state-directory.ts';
import { err, ok, type Result } from '../util/result.ts';
import { findFreeze, freezeFileText, type Freeze } from './freeze.ts';

/** Where a freeze is written, and who may read it there. */
export interface FreezePlace {
  readonly file: string;
  /** It holds for everybody on this machine, else for one user. */
  readonly machine: boolean;
}

/** Forbids changes: durable when it resolves. The file is whole at any moment. */
export async function writeFreeze(
  { file, machine }: FreezePlace,
  freeze: Omit<Freeze, 'file'>,
): Promise<Result<undefined, ErrorInfo>> {
  const half = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    if (machine) await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    else {
      const directory = openStateDirectory(dirname(file));
      if (!directory.ok) return directory;
    }
    const mode = machine ? 0o644 : 0o600;
    const handle = await open(half, 'wx', mode);
    try {
      await handle.writeFile(freezeFileText(freeze));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(half, mode);
    await rename(half, file);
    return ok(undefined);
  } catch (cause) {
    await rm(half, { force: true }).catch(() => undefined);
    return err(failed(file, 'written', cause));
  }
}

/** Ends the freezes that these files are, and gives them. A file whose time has passed goes, too. */
export async function removeFreezes(files: readonly string[]): Promise<Result<readonly Freeze[], ErrorInfo>> {
  const removed: Freeze[] = [];
  for (const file of files) {
    const freeze = await findFreeze([file], Number.NEGATIVE_INFINITY);
    if (freeze === undefined) continue;
    try {
      await rm(file);
    } catch (cause) {
      return err(failed(file, 'removed', cause));
    }
    removed.push(freeze);
  }
  return ok(removed);
}

function failed(file: string, what: string, cause: unknown): ErrorInfo {
  const why = cause instanceof Error ? cause.message : String(cause);
  return {
    code: 'configuration',
    message: `${file} cannot be ${what}: ${why}`,
    hint: 'a freeze of the whole machine is for root: sudo runbook freeze, or unfreeze',
  };
}
