import type { DatabaseSync } from 'node:sqlite';

/** What SQLite itself finds wrong with its pages, a line each; none when they are well. Indexes are not compared with their tables. */
export const quickCheck = (database: DatabaseSync): readonly string[] => check(database, 'quick_check');

/** The same and more, for a whole store. */
export const integrityCheck = (database: DatabaseSync): readonly string[] => check(database, 'integrity_check');

function check(database: DatabaseSync, pragma: 'quick_check' | 'integrity_check'): readonly string[] {
  const lines = database
    .prepare(`pragma ${pragma}(20)`)
    .all()
    .flatMap((row) => String(Object.values(row)[0]).split('\n'));
  return lines.filter((line) => line !== 'ok');
}
