import type { DatabaseSync } from 'node:sqlite';
import type { Attempt, AttemptQuery } from '../model/attempt.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { RunEvent } from '../model/event.ts';
import type { FinishedRun, FinishedRunQuery } from '../model/finished-run.ts';
import type { ScheduleStore } from '../model/occurrence.ts';
import type { Outbox } from '../model/outbox.ts';
import type { Plan } from '../model/plan.ts';
import type { SharedStore } from '../model/shared-store.ts';
import type { Flaw, RunQuery, RunRecord } from '../model/store.ts';
import { err, ok, type Result } from '../util/result.ts';
import { finishedRuns } from './finished-runs.ts';
import { OpenFiles } from './open-files.ts';
import { Reserve } from './reserve.ts';
import { openDatabase, unusable } from './sqlite-open.ts';
import { SqliteOutbox } from './sqlite-outbox.ts';
import { SqliteReader } from './sqlite-reader.ts';
import { SqliteSchedules } from './sqlite-schedules.ts';
import { SqliteWriter } from './sqlite-writer.ts';
import { openStateDirectory, storeFile } from './state-directory.ts';
import { verifyRun } from './verify-run.ts';
import { WriteTransactions } from './write-transactions.ts';

/** How long commits wait while another program keeps the store locked; absent: 15 s. */
export interface StorePatience {
  readonly mostBusyMs?: number;
}

/**
 * Opens or makes `runbook.db` (mode 0600) in a directory of ours (mode 0700). Several processes may use it at once. One of an
 * older version of this program is brought up to date; a store that is damaged, newer than this program, or not ours is refused and
 * left as it is.
 */
export function openSqliteStore(directory: string, { mostBusyMs }: StorePatience = {}): Result<SharedStore, ErrorInfo> {
  const place = openStateDirectory(directory);
  if (!place.ok) return place;
  const file = storeFile(directory);
  const umask = process.umask(0o077); // SQLite makes its files 0644 else
  try {
    const opened = openDatabase(file);
    if (!opened.ok) return opened;
    const database = opened.value;
    try {
      return ok(new SqliteStore(database, file, mostBusyMs));
    } catch (cause) {
      database.close();
      return err(unusable(file, cause));
    }
  } finally {
    process.umask(umask);
  }
}

class SqliteStore implements SharedStore {
  readonly #database: DatabaseSync;
  readonly #writer: SqliteWriter;
  readonly #reader: SqliteReader;
  readonly schedules: ScheduleStore;
  readonly outbox: Outbox;

  constructor(database: DatabaseSync, file: string, mostBusyMs?: number) {
    const reserve = new Reserve(file);
    const transactions = new WriteTransactions(database, reserve, new OpenFiles(file));
    this.#database = database;
    this.#writer = new SqliteWriter(database, reserve, transactions, mostBusyMs);
    this.#reader = new SqliteReader(database);
    this.schedules = new SqliteSchedules(database, transactions, this.#reader);
    this.outbox = new SqliteOutbox(database, transactions);
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

  verify(runId: string): readonly Flaw[] {
    return verifyRun(this.#database, runId);
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

  finishedRuns(query: FinishedRunQuery): Iterable<FinishedRun> {
    return finishedRuns(this.#database, query);
  }

  async close(): Promise<void> {
    await this.#writer.settle();
    this.#database.close();
  }
}
