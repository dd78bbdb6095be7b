import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { ProcessId } from '../model/event.ts';
import {
  OUTBOX_MEMORY_MS,
  type Outbox,
  type OutboxEntry,
  type OutboxMessage,
  type OutboxState,
} from '../model/outbox.ts';
import type { Json } from '../util/json.ts';
import { processText } from './process-text.ts';
import { reading } from './store-unreadable.ts';
import type { WriteTransactions } from './write-transactions.ts';

type Row = Readonly<Record<string, unknown>>;

/** Messages in the table `outbox`. */
export class SqliteOutbox implements Outbox {
  readonly #database: DatabaseSync;
  readonly #transactions: WriteTransactions;

  constructor(database: DatabaseSync, transactions: WriteTransactions) {
    this.#database = database;
    this.#transactions = transactions;
  }

  put({ id, receiver, body, createdAt }: OutboxMessage): boolean {
    const created = Date.parse(createdAt);
    const forgotten = new Date(created - OUTBOX_MEMORY_MS).toISOString();
    return this.#transactions.end(() => {
      this.#database.prepare('delete from outbox where ended_at is not null and ended_at < ?').run(forgotten);
      const { changes } = this.#database
        .prepare(
          `insert or ignore into outbox (id, receiver, body, created_at, state, tries, next_try, lease_until)
           values (?, ?, ?, ?, 'waiting', 0, ?, 0)`,
        )
        .run(id, receiver, JSON.stringify(body), createdAt, created);
      return changes === 1;
    });
  }

  due(now: number): readonly OutboxEntry[] {
    return this.#select(`state = 'waiting' and next_try <= :now and lease_until <= :now order by next_try, id`, {
      ':now': now,
    });
  }

  lease(id: string, by: ProcessId, now: number, until: number): boolean {
    return this.#write(
      `update outbox set process = ?, lease_until = ?
       where id = ? and state = 'waiting' and next_try <= ? and lease_until <= ?`,
      [processText(by), Math.floor(until), id, now, now],
    );
  }

  sent(id: string, by: ProcessId, at: string): boolean {
    return this.#leave(id, by, `state = 'sent', ended_at = ?`, [at]);
  }

  failed(id: string, by: ProcessId, error: string, nextTry: number): boolean {
    return this.#leave(id, by, 'tries = tries + 1, error = ?, next_try = ?', [error, Math.floor(nextTry)]);
  }

  giveUp(id: string, by: ProcessId, error: string, at: string): boolean {
    return this.#leave(id, by, `state = 'given-up', tries = tries + 1, error = ?, ended_at = ?`, [error, at]);
  }

  nextTry(): number | undefined {
    return reading(() => {
      const sql = `select min(max(next_try, lease_until)) as first from outbox where state = 'waiting'`;
      const first = this.#database.prepare(sql).get()?.['first'];
      return typeof first === 'number' ? first : undefined;
    });
  }

  waiting(): number {
    return reading(() => {
      const sql = `select count(*) as waiting from outbox where state = 'waiting'`;
      return Number(this.#database.prepare(sql).get()?.['waiting']);
    });
  }

  givenUp(since: string): readonly OutboxEntry[] {
    return this.#select(`state = 'given-up' and ended_at >= :since order by ended_at desc, id`, { ':since': since });
  }

  #leave(id: string, by: ProcessId, set: string, values: readonly SQLInputValue[]): boolean {
    const sql = `update outbox set process = null, lease_until = 0, ${set} where id = ? and process = ?`;
    return this.#write(sql, [...values, id, processText(by)]);
  }

  #write(sql: string, values: readonly SQLInputValue[]): boolean {
    return this.#transactions.end(() => this.#database.prepare(sql).run(...values).changes === 1);
  }

  #select(where: string, values: Readonly<Record<string, SQLInputValue>>): readonly OutboxEntry[] {
    return reading(() =>
      this.#database
        .prepare(`select * from outbox where ${where}`)
        .all({ ...values })
        .map(toEntry),
    );
  }
}

function toEntry(row: Row): OutboxEntry {
  return {
    id: String(row['id']),
    receiver: String(row['receiver']),
    body: JSON.parse(String(row['body'])) as Json,
    createdAt: String(row['created_at']),
    state: String(row['state']) as OutboxState,
    tries: Number(row['tries']),
    nextTry: Number(row['next_try']),
    ...(typeof row['process'] === 'string' && {
      lease: { process: JSON.parse(row['process']) as ProcessId, until: Number(row['lease_until']) },
    }),
    ...(typeof row['error'] === 'string' && { error: row['error'] }),
    ...(typeof row['ended_at'] === 'string' && { endedAt: row['ended_at'] }),
  };
}
