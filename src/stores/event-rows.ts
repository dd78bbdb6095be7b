import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RunEvent } from '../model/event.ts';
import { StoreFault } from '../model/store-fault.ts';
import { bodyOf, chainHash, textOf } from './chain.ts';
import { HostRuns } from './host-runs.ts';

const CONSTRAINT_PRIMARYKEY = 1555;

/** Writes events, and what is looked up of them, into the tables. The caller has begun a transaction. */
export class EventRows {
  readonly #insert: Inserts;
  readonly #hosts: HostRuns;
  readonly #lastHash = new Map<string, string>();

  constructor(database: DatabaseSync) {
    this.#insert = prepareInserts(database);
    this.#hosts = new HostRuns(database);
  }

  /** Throws `StoreFault` when another process has written this event of the run, and what SQLite throws. */
  add(event: RunEvent): void {
    const body = bodyOf(event);
    const before = this.#lastHash.get(event.runId) ?? this.#storedHash(event.runId) ?? event.runId;
    const hash = chainHash(before, body, textOf(event));
    this.#addEvent(event, body, hash);
    this.#lastHash.set(event.runId, hash);
    this.#hosts.add(event);
    switch (event.type) {
      case 'run-started': {
        const { user, loginUser, machine, reason } = event.startedBy;
        const by = user === loginUser || loginUser === '' ? `${user}@${machine}` : `${loginUser} as ${user}@${machine}`;
        this.#insert.run.run(event.runId, event.mode, event.runbook, event.at, by, reason, JSON.stringify(event.hosts));
        break;
      }
      case 'run-resumed':
        this.#insert.reopen.run(event.runId);
        break;
      case 'evidence':
        this.#insert.evidence.run(event.runId, event.seq, event.output.text);
        break;
      case 'plan-made':
        this.#insert.plan.run(event.runId, event.plan.sha256, event.plan.madeAt, JSON.stringify(event.plan));
        break;
      case 'attempt-begun': {
        const { runId, host, machine, at } = event;
        this.#insert.attempt.run(runId, host, machine, JSON.stringify(event.findings), at, runId);
        break;
      }
      case 'host-finished':
        if (event.interrupted !== true) this.#insert.attemptEnd.run(event.at, event.outcome, event.runId, event.host);
        break;
      case 'run-finished':
        this.#insert.finish.run(event.at, event.exitCode, JSON.stringify(event.counts), event.runId);
        break;
      default:
    }
  }

  /** To be called after a rollback: what was added since the last commit is not there. */
  forget(): void {
    this.#lastHash.clear();
  }

  /** False: another run has it already. */
  carryOut(planRunId: string, runId: string): boolean {
    return this.#insert.carriedOut.run(planRunId, runId).changes === 1;
  }

  #addEvent({ runId, seq, type }: RunEvent, body: string, hash: string): void {
    try {
      this.#insert.event.run(runId, seq, type, body, hash);
    } catch (cause) {
      if ((cause as { readonly errcode?: number }).errcode !== CONSTRAINT_PRIMARYKEY) throw cause;
      throw new StoreFault('taken-over', `the run ${runId} was taken over by another process`, cause);
    }
  }

  #storedHash(runId: string): string | undefined {
    const row = this.#insert.lastHash.get(runId);
    return row === undefined ? undefined : String(row['hash']);
  }
}

interface Inserts {
  readonly event: StatementSync;
  readonly run: StatementSync;
  readonly reopen: StatementSync;
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
    reopen: database.prepare(`update runs set finished_at = null, exit_code = null, counts = '{}' where run_id = ?`),
    evidence: database.prepare('insert into evidence (run_id, seq, text) values (?, ?, ?)'),
    plan: database.prepare('insert into plans (run_id, sha256, made_at, body) values (?, ?, ?, ?)'),
    finish: database.prepare('update runs set finished_at = ?, exit_code = ?, counts = ? where run_id = ?'),
    // One that a resumed run goes on with began when it began.
    attempt: database.prepare(
      `insert or ignore into attempts (run_id, host, machine, findings, begun_at, runbook)
       select ?, ?, ?, ?, ?, runbook from runs where run_id = ?`,
    ),
    attemptEnd: database.prepare('update attempts set ended_at = ?, outcome = ? where run_id = ? and host = ?'),
    carriedOut: database.prepare('insert or ignore into carried_out (plan_run_id, run_id) values (?, ?)'),
    lastHash: database.prepare('select hash from events where run_id = ? order by seq desc limit 1'),
  };
}
