import type { DatabaseSync } from 'node:sqlite';
import { StoreFault, type StoreFaultKind } from '../model/store-fault.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { OpenFiles } from './open-files.ts';
import { RESERVE_BYTES, type Reserve } from './reserve.ts';
import { faultOf } from './sqlite-fault.ts';

/** It stops this whole process: others hold the lock for some milliseconds. */
const BUSY_TIMEOUT_MS = 5000;

/**
 * The transactions of one connection: what was written in one is durable, or nothing of it is there. After a fault that does not pass,
 * such as a failed flush, nothing is written through this connection any more.
 */
export class WriteTransactions {
  readonly #database: DatabaseSync;
  readonly #reserve: Reserve;
  readonly #files: OpenFiles;
  #lasting: StoreFault | undefined;

  constructor(database: DatabaseSync, reserve: Reserve, files: OpenFiles) {
    this.#database = database;
    this.#reserve = reserve;
    this.#files = files;
  }

  /** Once. `busyMs`: how long SQLite waits for the lock, in which time nothing else happens in this process. */
  attempt<T>(work: () => T, busyMs: number): Result<T, StoreFault> {
    if (this.#lasting !== undefined) return err(this.#lasting);
    try {
      this.#begin(busyMs);
      const made = work();
      this.#database.exec('commit');
      this.#files.check();
      return ok(made);
    } catch (cause) {
      if (this.#database.isTransaction) this.#rollback();
      const fault = faultOf(cause, this.#reserve);
      if (LASTING.has(fault.kind)) this.#lasting = fault;
      return err(fault);
    }
  }

  /** What something is begun by: it needs the reserve, as the ends of it will. Throws `StoreFault`. */
  start<T>(work: () => T): T {
    const missing = this.withoutReserve();
    if (missing !== undefined) throw missing;
    return orThrow(this.attempt(work, BUSY_TIMEOUT_MS));
  }

  /** What something is ended by: on a full disk it takes the room of the reserve. Throws `StoreFault`. */
  end<T>(work: () => T): T {
    const made = this.attempt(work, BUSY_TIMEOUT_MS);
    if (made.ok || made.error.kind !== 'full') return orThrow(made);
    this.#reserve.release();
    return orThrow(this.attempt(work, BUSY_TIMEOUT_MS));
  }

  /** Makes the reserve where it is not there. Why it cannot be had; undefined: it is there. */
  withoutReserve(): StoreFault | undefined {
    try {
      if (this.#reserve.keep()) return undefined;
    } catch (cause) {
      return faultOf(cause, this.#reserve);
    }
    const room = `${RESERVE_BYTES / 1024 / 1024} MiB`;
    return new StoreFault('full', `there is not even the room of ${room} that a run keeps for the ends of its steps`);
  }

  #begin(busyMs: number): void {
    const timeout = this.#database.prepare('pragma busy_timeout').get()?.['timeout'];
    this.#database.exec(`pragma busy_timeout = ${busyMs}`);
    try {
      this.#database.exec('begin immediate');
    } finally {
      this.#database.exec(`pragma busy_timeout = ${Number(timeout)}`);
    }
  }

  #rollback(): void {
    try {
      this.#database.exec('rollback');
    } catch {
      // the first failure is the one to report
    }
  }
}

const LASTING: ReadonlySet<StoreFaultKind> = new Set(['broken', 'gone']);

function orThrow<T>(made: Result<T, StoreFault>): T {
  if (made.ok) return made.value;
  throw made.error;
}
