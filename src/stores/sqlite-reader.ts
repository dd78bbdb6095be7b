import type { DatabaseSync } from 'node:sqlite';
import type { Attempt, AttemptQuery } from '../model/attempt.ts';
import type { HostFinished, ProcessId, RunEvent, RunMode } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import type { Outcome } from '../model/result.ts';
import type { RunQuery, RunRecord } from '../model/store.ts';
import { reading } from './store-unreadable.ts';

const MODES: readonly RunMode[] = ['run', 'plan', 'exec'];

/** Sorts after whatever an id holds. */
const AFTER_ALL = '{';

type Row = Record<string, unknown>;

/**
 * Rows were written by this program from plain JSON, and a file of another schema was refused: they are not checked again.
 * Every method throws `StoreUnreadable` when the file is damaged.
 */
export class SqliteReader {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  runs(query: RunQuery): readonly RunRecord[] {
    return reading(() => {
      const rows = this.#database
        .prepare(
          `select runs.*, carried_out.run_id as carried_out_by, ${PROCESS} as process, ${SHADOW} as shadow from runs
           left join carried_out on carried_out.plan_run_id = runs.run_id
           where (:run is null or runs.run_id = :run) and (:mode is null or mode = :mode)
             and (:runbook is null or runbook = :runbook)
             and (:host is null or exists (select 1 from json_each(runs.hosts) where value = :host))
           order by started_at desc, runs.run_id desc limit :limit`,
        )
        .all({
          ':run': query.runId ?? null,
          ':mode': query.mode ?? null,
          ':runbook': query.runbook ?? null,
          ':host': query.host ?? null,
          ':limit': query.limit,
        });
      return rows.map((row) => this.#toRunRecord(row));
    });
  }

  *events(runId: string): Iterable<RunEvent> {
    const rows = reading(() =>
      this.#database
        .prepare(
          `select events.body, evidence.text from events
           left join evidence on evidence.run_id = events.run_id and evidence.seq = events.seq
           where events.run_id = ? order by events.seq`,
        )
        .iterate(runId),
    );
    try {
      for (let row = reading(() => rows.next()); row.done !== true; row = reading(() => rows.next())) {
        const { value } = row;
        yield reading(() => toEvent(value));
      }
    } finally {
      // An open statement keeps this process on what the file held then: its next write fails once another has written.
      rows.return?.();
    }
  }

  match(prefix: string): readonly string[] {
    return reading(() => {
      const rows = this.#database
        .prepare('select run_id from runs where run_id >= ? and run_id < ? order by run_id limit 20')
        .all(prefix, `${prefix}${AFTER_ALL}`);
      return rows.map((row) => String(row['run_id']));
    });
  }

  plan(runId: string): Plan | undefined {
    return reading(() => {
      const row = this.#database.prepare('select body from plans where run_id = ?').get(runId);
      return row === undefined ? undefined : (JSON.parse(String(row['body'])) as Plan);
    });
  }

  carriedOutBy(planRunId: string): string | undefined {
    return reading(() => {
      const row = this.#database.prepare('select run_id from carried_out where plan_run_id = ?').get(planRunId);
      return row === undefined ? undefined : String(row['run_id']);
    });
  }

  attempts({ runbook, machines, since }: AttemptQuery): readonly Attempt[] {
    return reading(() => {
      const asked = [JSON.stringify(machines), since, since];
      const rows = this.#database
        .prepare(
          `select * from attempts
           where ${runbook === undefined ? '' : 'runbook = ? and'}
             machine in (select value from json_each(?)) and (begun_at >= ? or ended_at >= ?)
           order by begun_at, run_id, host`,
        )
        .all(...(runbook === undefined ? [] : [runbook]), ...asked);
      return rows.map(toAttempt);
    });
  }

  #toRunRecord(row: Row): RunRecord {
    const runId = String(row['run_id']);
    const finished = row['finished_at'] !== null;
    return {
      runId,
      mode: MODES.find((mode) => mode === row['mode']) ?? 'run',
      runbook: String(row['runbook']),
      startedAt: String(row['started_at']),
      ...(finished ? { finishedAt: String(row['finished_at']), exitCode: Number(row['exit_code']) } : {}),
      startedBy: String(row['started_by']),
      reason: String(row['reason']),
      hosts: (JSON.parse(String(row['hosts'])) as readonly string[]).length,
      counts: JSON.parse(String(row['counts'])) as Record<string, number>,
      ...(typeof row['carried_out_by'] === 'string' && { carriedOutBy: row['carried_out_by'] }),
      ...(row['shadow'] === 1 && { isShadow: true }),
      ...(typeof row['process'] === 'string' && { process: JSON.parse(row['process']) as ProcessId }),
      ...(this.#isResumable(runId, finished ? Number(row['exit_code']) : undefined) && { isResumable: true }),
    };
  }

  /** `exitCode`: undefined of a run that has no end. */
  #isResumable(runId: string, exitCode: number | undefined): boolean {
    if (exitCode !== undefined && !CUT_SHORT.has(exitCode) && exitCode !== REFUSED) return false;
    const rows = this.#database
      .prepare(`select body from events where run_id = ? and type in ('approved', 'host-finished') order by seq`)
      .all(runId);
    const events = rows.map((row) => JSON.parse(String(row['body'])) as RunEvent);
    const ends = events.filter((event) => event.type === 'host-finished');
    const last = new Map(ends.map((event) => [event.host, event]));
    const isOpen = exitCode === REFUSED ? isInterrupted : isLeft;
    const isApproved = events.some(({ type }) => type === 'approved');
    return isApproved && (exitCode === undefined || [...last.values()].some(isOpen));
  }
}

/** Of its last session, for a run without an end: nobody asks for that of another. */
const PROCESS = `case when runs.finished_at is null then (
  select json_extract(body, '$.process') from events
  where events.run_id = runs.run_id and type in ('run-started', 'run-resumed') order by seq desc limit 1) end`;

const SHADOW = `case when runs.mode = 'plan' then (
  select json_extract(body, '$.startedBy.shadow') from events where events.run_id = runs.run_id and seq = 1) end`;

/** Those of an interrupt. */
const CUT_SHORT: ReadonlySet<number> = new Set([129, 130, 143]);

/** That of a freeze in the middle of a run, too. */
const REFUSED = 16;

const isInterrupted = ({ interrupted }: HostFinished): boolean => interrupted === true;

const isLeft = (end: HostFinished): boolean =>
  isInterrupted(end) || end.outcome === 'unknown' || end.outcome === 'not-started';

function toEvent(row: Row): RunEvent {
  const event = JSON.parse(String(row['body'])) as RunEvent;
  if (event.type !== 'evidence') return event;
  return { ...event, output: { ...event.output, text: String(row['text']) } };
}

function toAttempt(row: Row): Attempt {
  const hasEnded = row['ended_at'] !== null;
  return {
    runId: String(row['run_id']),
    runbook: String(row['runbook']),
    host: String(row['host']),
    machine: String(row['machine']),
    findings: JSON.parse(String(row['findings'])) as readonly string[],
    begunAt: String(row['begun_at']),
    ...(hasEnded && { end: { at: String(row['ended_at']), outcome: String(row['outcome']) as Outcome } }),
  };
}
