import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RunEvent } from '../model/event.ts';

interface Waiting {
  readonly event: RunEvent;
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Group commit: what is committed in one turn of the event loop becomes one transaction and one fsync, so that fifty hosts in
 * step cost little more than one. After the first failed write nothing is written any more: a retried fsync may lie.
 */
export class SqliteWriter {
  readonly #database: DatabaseSync;
  readonly #insert: Inserts;
  readonly #lastHash = new Map<string, string>();
  #waiting: Waiting[] = [];
  #flush: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = prepareInserts(database);
  }

  commit(event: RunEvent): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, resolve, reject });
      this.#flush ??= new Promise((done) => {
        setImmediate(() => {
          this.#flush = undefined;
          this.#write();
          done();
        });
      });
    });
  }

  /** Durable when it returns. False: another run has it already. Throws when the store fails. */
  carryOut(planRunId: string, runId: string): boolean {
    return this.#insert.carriedOut.run(planRunId, runId).changes === 1;
  }

  /** Waits for what was committed before the call. Never rejects. */
  async settle(): Promise<void> {
    await this.#flush;
  }

  #write(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      this.#database.exec('begin immediate');
      for (const { event } of batch) this.#store(event);
      this.#database.exec('commit');
      for (const { resolve } of batch) resolve();
    } catch (cause) {
      this.#failure = new Error(`the store failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
      if (this.#database.isTransaction) this.#rollback();
      for (const { reject } of batch) reject(this.#failure);
    }
  }

  #rollback(): void {
    try {
      this.#database.exec('rollback');
    } catch {
      // the first failure is the one to report
    }
  }

  #store(event: RunEvent): void {
    const body = JSON.stringify(
      event.type === 'evidence' ? { ...event, output: { ...event.output, text: '' } } : event,
    );
    const hash = this.#chain(event, body);
    this.#insert.event.run(event.runId, event.seq, event.type, body, hash);
    switch (event.type) {
      case 'run-started': {
        const { user, loginUser, machine, reason } = event.startedBy;
        const by = user === loginUser || loginUser === '' ? `${user}@${machine}` : `${loginUser} as ${user}@${machine}`;
        this.#insert.run.run(event.runId, event.mode, event.runbook, event.at, by, reason, JSON.stringify(event.hosts));
        break;
      }
      case 'evidence':
        this.#insert.evidence.run(event.runId, event.seq, event.output.text);
        break;
      case 'plan-made':
        this.#insert.plan.run(event.runId, event.plan.sha256, event.plan.madeAt, JSON.stringify(event.plan));
        break;
      case 'attempt-begun':
        this.#insert.attempt.run(
          event.runId,
          event.host,
          event.machine,
          JSON.stringify(event.findings),
          event.at,
          event.runId,
        );
        break;
      case 'host-finished':
        if (event.interrupted !== true) this.#insert.attemptEnd.run(event.at, event.outcome, event.runId, event.host);
        break;
      case 'run-finished':
        this.#insert.finish.run(event.at, event.exitCode, JSON.stringify(event.counts), event.runId);
        break;
      default:
    }
  }

  /** Each event's hash covers the one before it, back to the run's id: an edited or missing row is found. */
  #chain(event: RunEvent, body: string): string {
    const text = event.type === 'evidence' ? event.output.text : '';
    const before = this.#lastHash.get(event.runId) ?? this.#storedHash(event.runId) ?? event.runId;
    const hash = createHash('sha256').update(`${before}\n${body}\n${text}`).digest('hex');
    this.#lastHash.set(event.runId, hash);
    return hash;
  }

  #storedHash(runId: string): string | undefined {
    const row = this.#insert.lastHash.get(runId);
    return row === undefined ? undefined : String(row['hash']);
  }
}

interface Inserts {
  readonly event: StatementSync;
  readonly run: StatementSync;
  readonly evidence: StatementSync;
  readonly plan: StatementSync;
  readonly finish: StatementSync;
  readonly attempt: StatementSync;
  readonly attemptEnd: StatementSync;
  readonly carriedOut: StatementSync;
  readonly lastHash: StatementSync;
}

function prepareInserts(database: DatabaseSync): Inserts {
  return {
    event: database.prepare('insert into events (run_id, seq, type, body, hash) values (?, ?, ?, ?, ?)'),
    run: database.prepare(
      `insert into runs (run_id, mode, runbook, started_at, started_by, reason, hosts, counts) values (?, ?, ?, ?, ?, ?, ?, '{}')`,
    ),
    evidence: database.prepare('insert into evidence (run_id, seq, text) values (?, ?, ?)'),
    plan: database.prepare('insert into plans (run_id, sha256, made_at, body) values (?, ?, ?, ?)'),
    finish: database.prepare('update runs set finished_at = ?, exit_code = ?, counts = ? where run_id = ?'),
    attempt: database.prepare(
      `insert into attempts (run_id, host, machine, findings, begun_at, runbook)
       select ?, ?, ?, ?, ?, runbook from runs where run_id = ?`,
    ),
    attemptEnd: database.prepare('update attempts set ended_at = ?, outcome = ? where run_id = ? and host = ?'),
    carriedOut: database.prepare('insert or ignore into carried_out (plan_run_id, run_id) values (?, ?)'),
    lastHash: database.prepare('select hash from events where run_id = ? order by seq desc limit 1'),
  };
}
