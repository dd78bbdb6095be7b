import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Attempt, AttemptQuery } from '../model/attempt.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { RunEvent } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import type { RunQuery, RunRecord, Store } from '../model/store.ts';
import { err, ok, type Result } from '../util/result.ts';
import { SqliteReader } from './sqlite-reader.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from './sqlite-schema.ts';
import { SqliteWriter } from './sqlite-writer.ts';
import { openStateDirectory } from './state-directory.ts';

const BUSY_TIMEOUT_MS = 5000;

/**
 * Opens or makes `runbook.db` (mode 0600) in a directory of ours (mode 0700). Several processes may use it at once. One of an
 * older version of this program is brought up to date; a store that is corrupt, newer than this program, or not ours is refused and left as it is.
 */
export function openSqliteStore(directory: string): Result<Store, ErrorInfo> {
  const place = openStateDirectory(directory);
  if (!place.ok) return place;
  const file = join(directory, 'runbook.db');
  const umask = process.umask(0o077); // SQLite makes its files 0644 else
  try {
    const database = new DatabaseSync(file);
    try {
      database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}; pragma journal_mode = wal; pragma synchronous = full;`);
      if (schemaVersion(database) < SCHEMA_VERSION) migrate(database);
      const version = schemaVersion(database);
      if (version === SCHEMA_VERSION) return ok(new SqliteStore(database));
      database.close();
      return err(newer(file, version));
    } catch (cause) {
      database.close();
      throw cause;
    }
  } catch (cause) {
    return err(unusable(file, cause));
  } finally {
    process.umask(umask);
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

function unusable(file: string, cause: unknown): ErrorInfo {
  const message = `the store ${file} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`;
  return { code: 'store', message, hint: 'free disk space or move the file away; it was left as it is' };
}

class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #writer: SqliteWriter;
  readonly #reader: SqliteReader;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#writer = new SqliteWriter(database);
    this.#reader = new SqliteReader(database);
  }

  commit(event: RunEvent): Promise<void> {
    return this.#writer.commit(event);
  }

  runs(query: RunQuery): readonly RunRecord[] {
    return this.#reader.runs(query);
  }

  events(runId: string): Iterable<RunEvent> {
    return this.#reader.events(runId);
  }

  match(prefix: string): readonly string[] {
    return this.#reader.match(prefix);
  }

  plan(runId: string): Plan | undefined {
    return this.#reader.plan(runId);
  }

  carriedOutBy(planRunId: string): string | undefined {
    return this.#reader.carriedOutBy(planRunId);
  }

  carryOut(planRunId: string, runId: string): Result<string | undefined, ErrorInfo> {
    try {
      return ok(this.#writer.carryOut(planRunId, runId) ? undefined : this.#reader.carriedOutBy(planRunId));
    } catch (cause) {
      const message = `the plan ${planRunId} could not be marked as carried out: ${cause instanceof Error ? cause.message : String(cause)}`;
      return err({ code: 'store', message, hint: 'free space where the store is; nothing was changed' });
    }
  }

  attempts(query: AttemptQuery): readonly Attempt[] {
    return this.#reader.attempts(query);
  }

  async close(): Promise<void> {
    await this.#writer.settle();
    this.#database.close();
  }
}
