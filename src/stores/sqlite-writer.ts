import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import { endsSomething } from '../model/ends-something.ts';
import type { RunEvent } from '../model/event.ts';
import type { StoreFault } from '../model/store-fault.ts';
import { EventRows } from './event-rows.ts';
import type { Reserve } from './reserve.ts';
import { shortened } from './shortened.ts';
import type { WriteTransactions } from './write-transactions.ts';

/** SQLite waits in a way that stops this whole process: only so long, and the rest between tries. */
const BUSY_TIMEOUT_MS = 100;
const BUSY_PAUSE_MS = 400;
const MOST_BUSY_MS = 15_000;

interface Waiting {
  readonly event: RunEvent;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Group commit: what is committed in one turn of the event loop becomes one transaction and one fsync, so that fifty hosts in
 * step cost little more than one. While another program keeps the store locked, commits wait, and with them all that would be
 * started. A full store gives up its reserve, and from then on keeps only what ends something; after any other failed write nothing
 * is written any more: a retried fsync may lie. A run that another process has taken over ends alone.
 */
export class SqliteWriter {
  readonly #rows: EventRows;
  readonly #reserve: Reserve;
  readonly #transactions: WriteTransactions;
  readonly #mostBusyMs: number;
  /** Runs that another process goes on with: only they have ended here. */
  readonly #takenOver = new Map<string, StoreFault>();
  #waiting: Waiting[] = [];
  #flush: Promise<void> | undefined;
  #failure: StoreFault | undefined;
  #isShut = false;

  constructor(database: DatabaseSync, reserve: Reserve, transactions: WriteTransactions, mostBusyMs = MOST_BUSY_MS) {
    this.#rows = new EventRows(database);
    this.#reserve = reserve;
    this.#transactions = transactions;
    this.#mostBusyMs = mostBusyMs;
  }

  /** Rejects with `StoreFault`. */
  commit(event: RunEvent): Promise<void> {
    if (this.#isShut) return Promise.reject(this.#failure ?? new Error('the store is shut for no reason'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      this.#flush ??= this.#drain();
    });
  }

  /** Durable when it returns. False: another run has it already. Throws when the store fails. */
  carryOut(planRunId: string, runId: string): boolean {
    return this.#rows.carryOut(planRunId, runId);
  }

  /** Waits for what was committed before the call. Never rejects. */
  async settle(): Promise<void> {
    await this.#flush;
  }

  async #drain(): Promise<void> {
    await nextTurn();
    while (this.#waiting.length > 0) {
      const batch = this.#withoutTakenOver(this.#waiting);
      this.#waiting = [];
      if (batch.length > 0) await this.#keep(batch);
    }
    this.#flush = undefined;
  }

  async #keep(batch: readonly Waiting[]): Promise<void> {
    if (this.#failure === undefined) {
      const events = batch.map(({ event }) => event);
      const fault = this.#withoutReserve(events) ?? (await this.#write(events));
      if (fault === undefined) {
        for (const { resolve } of batch) resolve();
        return;
      }
      if (fault.kind === 'taken-over') {
        await this.#keepApart(batch, fault);
        return;
      }
      this.#failure = fault;
      this.#isShut ||= fault.kind !== 'full';
      if (!this.#isShut) this.#reserve.release();
    }
    await this.#keepEnds(batch, this.#failure);
  }

  /** Each run for itself: one of them was taken over. */
  async #keepApart(batch: readonly Waiting[], fault: StoreFault): Promise<void> {
    const runs = Map.groupBy(batch, ({ event }) => event.runId);
    if (runs.size > 1) {
      for (const ofRun of runs.values()) await this.#keep(ofRun);
      return;
    }
    for (const runId of runs.keys()) this.#takenOver.set(runId, fault);
    this.#withoutTakenOver(batch);
  }

  /** Rejects the events of runs that were taken over; the others. */
  #withoutTakenOver(batch: readonly Waiting[]): readonly Waiting[] {
    return batch.filter(({ event, reject }) => {
      const fault = this.#takenOver.get(event.runId);
      if (fault !== undefined) reject(fault);
      return fault === undefined;
    });
  }

  /** All are written, for no number may be missing in the record; but what would start something is refused. */
  async #keepEnds(batch: readonly Waiting[], failure: StoreFault): Promise<void> {
    if (!this.#isShut) this.#isShut = (await this.#write(batch.map(({ event }) => shortened(event)))) !== undefined;
    for (const { event, resolve, reject } of batch) {
      if (!this.#isShut && endsSomething(event.type)) resolve();
      else reject(failure);
    }
  }

  /** A run that may change something needs the reserve from its beginning. */
  #withoutReserve(events: readonly RunEvent[]): StoreFault | undefined {
    if (!events.some(mayChange)) return undefined;
    const missing = this.#transactions.withoutReserve();
    this.#isShut ||= missing?.kind === 'full';
    return missing;
  }

  /** Why they were not kept: none of them was. */
  async #write(events: readonly RunEvent[]): Promise<StoreFault | undefined> {
    const until = performance.now() + this.#mostBusyMs;
    for (;;) {
      const fault = this.#writeOnce(events);
      if (fault?.kind !== 'busy' || performance.now() >= until) return fault;
      await sleep(BUSY_PAUSE_MS);
    }
  }

  #writeOnce(events: readonly RunEvent[]): StoreFault | undefined {
    const written = this.#transactions.attempt(() => {
      for (const event of events) this.#rows.add(event);
    }, BUSY_TIMEOUT_MS);
    if (written.ok) return undefined;
    this.#rows.forget();
    return written.error;
  }
}

const mayChange = (event: RunEvent): boolean =>
  event.type === 'run-resumed' || (event.type === 'run-started' && event.mode !== 'plan');
