import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { ErrorInfo } from '../model/error.ts';
import type { Flaw } from '../model/store.ts';
import { err, ok, type Result } from '../util/result.ts';
import { DerivedRows } from './derived-rows.ts';
import { inSnapshot } from './in-snapshot.ts';
import { integrityCheck } from './integrity-check.ts';
import { refusalOf, unusable } from './sqlite-open.ts';
import { SCHEMA_VERSION, schemaVersion } from './sqlite-schema.ts';
import { storeFile } from './state-directory.ts';
import { verifyRun } from './verify-run.ts';
import { verifySchedules } from './verify-schedules.ts';

/** What was looked at, and what is wrong with it. */
export interface StoreCheck {
  readonly file: string;
  readonly runs: number;
  readonly flaws: readonly Flaw[];
}

const TABLES = ['events', 'evidence', 'plans', 'attempts', 'carried_out', 'host_runs'];

/**
 * Reads the whole store of a state directory and says what is wrong: its pages, rows of no run, each run against its hash chain, and
 * rows of schedules and messages. Writes to nothing. Undefined: there is no store. An error: it cannot be read at all.
 */
export function checkSqliteStore(directory: string): Result<StoreCheck | undefined, ErrorInfo> {
  const file = storeFile(directory);
  const refused = refusalOf(file);
  if (refused !== undefined) return err(refused);
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) return ok(undefined);
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      database.exec('pragma busy_timeout = 5000; pragma cell_size_check = on;');
      const version = schemaVersion(database);
      if (version !== SCHEMA_VERSION) return err(otherSchema(file, version));
      return ok({ file, ...inSnapshot(database, () => checkDatabase(database)) });
    } finally {
      database.close();
    }
  } catch (cause) {
    return err(unusable(file, cause));
  }
}

/** The same of an open database. */
export function checkDatabase(database: DatabaseSync): Omit<StoreCheck, 'file'> {
  const pages = reading(() => integrityCheck(database).map((message) => ({ message })));
  const foreign = reading(() => TABLES.flatMap((table) => foreignRows(database, table)));
  let runs = 0;
  const derived = new DerivedRows();
  const broken = reading(() =>
    runIds(database).flatMap((runId) => {
      runs += 1;
      return verifyRun(database, runId, derived);
    }),
  );
  const schedules = reading(() => verifySchedules(database));
  return { runs, flaws: [...pages, ...foreign, ...broken, ...schedules] };
}

function otherSchema(file: string, version: number): ErrorInfo {
  const message = `the store ${file} has schema ${version}; this program checks ${SCHEMA_VERSION}`;
  const older = 'runbook history brings it up to date, and keeps a copy; then check again';
  return { code: 'store', message, hint: version < SCHEMA_VERSION ? older : 'upgrade runbook; nothing was changed' };
}

function foreignRows(database: DatabaseSync, table: string): readonly Flaw[] {
  const rows = database
    .prepare(`select run_id, count(*) as n from ${table} where run_id not in (select run_id from runs) group by run_id`)
    .all();
  return rows.map((row) => ({
    runId: String(row['run_id']),
    message: `${Number(row['n'])} of the table ${table} belong to this run, which is not in the history: it was removed`,
  }));
}

const runIds = (database: DatabaseSync): readonly string[] =>
  database
    .prepare('select run_id from runs order by run_id')
    .all()
    .map((row) => String(row['run_id']));

/** A damaged page ends one look, not all. */
function reading(look: () => readonly Flaw[]): readonly Flaw[] {
  try {
    return look();
  } catch (cause) {
    return [{ message: said(cause) }];
  }
}

const said = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
