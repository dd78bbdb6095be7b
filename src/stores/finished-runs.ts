import type { DatabaseSync } from 'node:sqlite';
import type { RunStarted, Stamp } from '../model/event.ts';
import type {
  Deed,
  FinishedRun,
  FinishedRunQuery,
  FoundFinding,
  HostRecord,
  HostSurvey,
  PlannedDeed,
} from '../model/finished-run.ts';
import type { Outcome } from '../model/result.ts';
import { reading } from './store-unreadable.ts';

type Row = Readonly<Record<string, unknown>>;

/** See `SharedStore.finishedRuns`. Throws `StoreUnreadable` when the file is damaged. */
export function* finishedRuns(
  database: DatabaseSync,
  { since, runbook, host }: FinishedRunQuery,
): Iterable<FinishedRun> {
  const hosts = database.prepare(
    `select * from host_runs where run_id = ?${host === undefined ? '' : ' and host = ?'} and ended_at is not null order by host`,
  );
  const ids = reading(() =>
    database
      .prepare(
        `select run_id from runs
         where started_at >= :since and finished_at is not null and mode <> 'exec' and (:runbook is null or runbook = :runbook)
           and (:host is null or exists (select 1 from host_runs where run_id = runs.run_id and host = :host))
         order by started_at, run_id`,
      )
      .all({ ':since': since, ':runbook': runbook ?? null, ':host': host ?? null }),
  );
  const run = database.prepare(
    `select runs.finished_at, runs.exit_code, events.body from runs join events on events.run_id = runs.run_id and seq = 1
     where runs.run_id = ?`,
  );
  for (const id of ids) {
    const runId = String(id['run_id']);
    const found = reading(() => {
      const row = run.get(runId);
      if (row === undefined || row['finished_at'] === null) return undefined;
      const records = (host === undefined ? hosts.all(runId) : hosts.all(runId, host)).map(toHostRecord);
      return { ...toRun(row), runId, hosts: records };
    });
    if (found !== undefined) yield found;
  }
}

const toRun = (row: Row): Pick<FinishedRun, 'started' | 'finishedAt' | 'exitCode'> => ({
  started: JSON.parse(String(row['body'])) as Stamp & RunStarted,
  finishedAt: String(row['finished_at']),
  exitCode: Number(row['exit_code']),
});

function toHostRecord(row: Row): HostRecord {
  const survey = toSurvey(row['surveyed_at'], row['survey_seq'], row['found']);
  const last = toSurvey(row['last_at'], row['last_seq'], row['last_found']);
  return {
    host: String(row['host']),
    ...(typeof row['machine'] === 'string' && { machine: row['machine'] }),
    ...(survey !== undefined && { survey }),
    ...(last !== undefined && { last }),
    planned: toList(row['planned']) as readonly PlannedDeed[],
    done: toList(row['done']) as readonly Deed[],
    outcome: String(row['outcome']) as Outcome,
    reason: String(row['reason']),
    endedAt: String(row['ended_at']),
    ...(row['interrupted'] === 1 && { interrupted: true }),
  };
}

function toSurvey(at: unknown, seq: unknown, findings: unknown): HostSurvey | undefined {
  if (typeof at !== 'string') return undefined;
  return { at, seq: Number(seq), findings: toList(findings) as readonly FoundFinding[] };
}

/** Most lists are empty. */
const toList = (text: unknown): unknown => (text === '[]' ? [] : JSON.parse(String(text)));
