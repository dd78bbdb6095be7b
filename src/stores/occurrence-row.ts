import type { SQLInputValue } from 'node:sqlite';
import type { ProcessId } from '../model/event.ts';
import type { OccurrenceRecord, OccurrenceState } from '../model/occurrence.ts';
import { processText } from './process-text.ts';

/** Pure: in the order of the columns of `occurrences`. */
export function valuesOf({
  schedule,
  key,
  state,
  runId,
  process,
  decidedAt,
  ...more
}: OccurrenceRecord): SQLInputValue[] {
  const { endedAt, exitCode, note, count, since } = more;
  const named = [schedule, key, state, runId ?? null, process === undefined ? null : processText(process), decidedAt];
  return [...named, endedAt ?? null, exitCode ?? null, note ?? null, count ?? null, since ?? null];
}

/** Pure: of a row with all columns. */
export function occurrenceOf(row: Readonly<Record<string, unknown>>): OccurrenceRecord {
  return {
    schedule: String(row['schedule']),
    key: String(row['key']),
    state: String(row['state']) as OccurrenceState,
    ...(typeof row['run_id'] === 'string' && { runId: row['run_id'] }),
    ...(typeof row['process'] === 'string' && { process: JSON.parse(row['process']) as ProcessId }),
    decidedAt: String(row['decided_at']),
    ...(typeof row['ended_at'] === 'string' && { endedAt: row['ended_at'] }),
    ...(typeof row['exit_code'] === 'number' && { exitCode: row['exit_code'] }),
    ...(typeof row['note'] === 'string' && { note: row['note'] }),
    ...(typeof row['count'] === 'number' && { count: row['count'] }),
    ...(typeof row['since'] === 'string' && { since: row['since'] }),
  };
}
