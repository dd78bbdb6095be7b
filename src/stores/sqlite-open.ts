import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { ErrorInfo } from '../model/error.ts';
import { err, ok, type Result } from '../util/result.ts';
import { backUp } from './back-up.ts';
import { inSnapshot } from './in-snapshot.ts';
import { integrityCheck } from './integrity-check.ts';
import { migrate, SCHEMA_VERSION, schemaVersion, tablesOf, tablesOfVersion } from './sqlite-schema.ts';

const BUSY_TIMEOUT_MS = 5000;
const BUSY_PAUSE_MS = 50;

/** To be checked at each start. Above it only `runbook fsck` does. */
const MOST_CHECKED_BYTES = 16 * 1024 * 1024;

/**
 * The database in this file, of our schema; made when there is none, brought up to date when it is of an older version, of which
 * a copy is kept beside it. A file that is damaged, newer than this program, or not ours is refused and not written to.
 */
export function openDatabase(file: string): Result<DatabaseSync, ErrorInfo> {
  const late = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      const refused = refusalOf(file) ?? inspect(file);
      return refused === undefined ? openToWrite(file) : err(refused);
    } catch (cause) {
      if (!isBusy(cause) || performance.now() > late) return err(unusable(file, cause));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS);
    }
  }
}

/** Throws what SQLite throws. While another process makes the same file, it does not wait for that: it is busy at once. */
function openToWrite(file: string): Result<DatabaseSync, ErrorInfo> {
  const database = new DatabaseSync(file);
  try {
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}; pragma cell_size_check = on;`);
    database.exec('pragma journal_mode = wal; pragma synchronous = full;');
    const version = schemaVersion(database);
    if (version > 0 && version < SCHEMA_VERSION) backUp(database, `${file}.schema-${version}`);
    if (version < SCHEMA_VERSION) migrate(database);
    const now = schemaVersion(database);
    if (now === SCHEMA_VERSION) return ok(database);
    database.close();
    return err(newer(file, now));
  } catch (cause) {
    database.close();
    throw cause;
  }
}

/** What is no file can hang whoever opens it. Undefined: they are files, or not there. */
export function refusalOf(file: string): ErrorInfo | undefined {
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile() === false) return damaged(file, `${path} is not a file`);
  }
  const isEmpty = statSync(file, { throwIfNoEntry: false })?.size === 0;
  const hadRuns = statSync(`${file}.reserve`, { throwIfNoEntry: false }) !== undefined;
  return isEmpty && hadRuns ? damaged(file, 'it is empty, and had runs') : undefined;
}

/** Without the right to write: SQLite would bring a file up to date with its log that is then refused. */
function inspect(file: string): ErrorInfo | undefined {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return undefined;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}; pragma cell_size_check = on;`);
    return inSnapshot(database, () => {
      const version = schemaVersion(database);
      if (version > SCHEMA_VERSION) return newer(file, version);
      if (JSON.stringify(tablesOf(database)) !== tablesOfVersion(version))
        return damaged(file, `its tables are not those of a store of schema ${version}`);
      const [flaw] = size > MOST_CHECKED_BYTES ? [] : integrityCheck(database);
      return flaw === undefined ? undefined : damaged(file, flaw);
    });
  } finally {
    database.close();
  }
}

function newer(file: string, version: number): ErrorInfo {
  const message = `the store ${file} has schema ${version}; this program knows ${SCHEMA_VERSION}`;
  return {
    code: 'store',
    message,
    hint: 'upgrade runbook, or set XDG_STATE_HOME to another place; nothing was changed',
  };
}

function damaged(file: string, what: string): ErrorInfo {
  const hint = `bring it back from a copy, or move it away with its -wal file and begin anew; runbook fsck tells more; it was left as it is`;
  return { code: 'store', message: `the store ${file} is damaged: ${what}`, hint };
}

/** What SQLite or the system said. */
export function unusable(file: string, cause: unknown): ErrorInfo {
  const said = cause instanceof Error ? cause.message : String(cause);
  const { errcode = 0 } = cause as { readonly errcode?: number };
  if (DAMAGE.has(errcode & 0xff)) return damaged(file, said);
  const hint = 'free disk space and allow writing there, or set XDG_STATE_HOME to another place; it was left as it is';
  return { code: 'store', message: `the store ${file} cannot be used: ${said}`, hint };
}

function isBusy(cause: unknown): boolean {
  const { errcode = 0 } = cause as { readonly errcode?: number };
  return BUSY.has(errcode & 0xff);
}

/** Busy; locked. */
const BUSY: ReadonlySet<number> = new Set([5, 6]);

/** Malformed; not a database. */
const DAMAGE: ReadonlySet<number> = new Set([11, 26]);
