import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** Makes a whole copy, which bears its name only when it is complete and on the disk. Throws when there is no room for it. */
export function backUp(database: DatabaseSync, copy: string): void {
  const half = `${copy}.${process.pid}`;
  try {
    rmSync(half, { force: true });
    database.prepare('vacuum into ?').run(half);
    const descriptor = openSync(half, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(half, copy);
  } catch (cause) {
    rmSync(half, { force: true });
    throw cause;
  }
}
