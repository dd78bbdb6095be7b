import type { DatabaseSync } from 'node:sqlite';

/** Reads what the file held at one moment, whatever other processes write meanwhile. */
export function inSnapshot<T>(database: DatabaseSync, read: () => T): T {
  if (database.isTransaction) return read();
  database.exec('begin');
  try {
    return read();
  } finally {
    if (database.isTransaction) database.exec('rollback');
  }
}
