import type { DatabaseSync } from 'node:sqlite';
import type { RunEvent } from '../model/event.ts';
import type { Flaw } from '../model/store.ts';
import { count } from '../util/count.ts';
import { chainHash } from './chain.ts';
import { DerivedRows } from './derived-rows.ts';
import { inSnapshot } from './in-snapshot.ts';

type Row = Readonly<Record<string, unknown>>;

/** What shows that a run's rows are not those that were written; see `Store.verify`. `derived` may be that of another run before. */
export function verifyRun(database: DatabaseSync, runId: string, derived = new DerivedRows()): readonly Flaw[] {
  const flaws: Flaw[] = [];
  try {
    const tell = (message: string, seq?: number): void => {
      flaws.push({ runId, ...(seq !== undefined && { seq }), message });
    };
    inSnapshot(database, () => {
      verifyEvents(database, runId, derived, tell);
      verifyTexts(database, runId, tell);
      verifyCarriedOut(database, runId, tell);
      for (const message of derived.compare(database, runId)) tell(message);
    });
  } catch (cause) {
    flaws.push({
      runId,
      message: `its record cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    });
  } finally {
    derived.clear();
  }
  return flaws;
}

type Tell = (message: string, seq?: number) => void;

function verifyEvents(database: DatabaseSync, runId: string, derived: DerivedRows, tell: Tell): void {
  let before = runId;
  let next = 1;
  for (const row of eventRows(database, runId)) {
    const seq = Number(row['seq']);
    if (seq !== next) tell(`${count(seq - next, 'event')} before it ${seq - next === 1 ? 'is' : 'are'} missing`, seq);
    const hash = String(row['hash']);
    if (chainHash(before, String(row['body']), typeof row['text'] === 'string' ? row['text'] : '') !== hash)
      tell('it is not as it was written: it or the one before it was edited, exchanged or removed', seq);
    before = hash;
    next = seq + 1;
    const event = parse(row['body']);
    if (event === undefined) tell('it cannot be read: it is not JSON', seq);
    else if (event.runId !== runId || event.seq !== seq || event.type !== row['type'])
      tell('it stands in the place of another event', seq);
    else if (event.type === 'evidence' && row['text'] === null) tell('what the step printed is missing', seq);
    else if (!derived.accept(event)) tell('it lacks what such an event has', seq);
  }
}

/** Printed text of which no event tells. */
function verifyTexts(database: DatabaseSync, runId: string, tell: Tell): void {
  const rows = database
    .prepare(
      `select seq from evidence where run_id = :run and seq not in
         (select seq from events where run_id = :run and type = 'evidence') order by seq`,
    )
    .all({ ':run': runId });
  for (const row of rows) tell('what a step printed is there without its event', Number(row['seq']));
}

/** A run that was approved by naming a plan has the right to it, and no other right. */
function verifyCarriedOut(database: DatabaseSync, runId: string, tell: Tell): void {
  const [approved] = database
    .prepare(
      `select json_extract(body, '$.plan') as plan from events
       where run_id = ? and type = 'approved' and json_extract(body, '$.how') = 'plan'`,
    )
    .all(runId);
  const taken = database.prepare('select plan_run_id from carried_out where run_id = ?').all(runId);
  const started = database
    .prepare(`select json_extract(body, '$.plan') as plan from events where run_id = ? and seq = 1`)
    .get(runId);
  const isForged = taken.some((row) => row['plan_run_id'] !== started?.['plan']);
  const isLost = approved !== undefined && !taken.some((row) => row['plan_run_id'] === approved['plan']);
  if (isForged || isLost) tell('which plan it carried out is not what its events say');
}

function* eventRows(database: DatabaseSync, runId: string): Iterable<Row> {
  const rows = database
    .prepare(
      `select events.seq, events.type, events.body, events.hash, evidence.text from events
       left join evidence on evidence.run_id = events.run_id and evidence.seq = events.seq
       where events.run_id = ? order by events.seq`,
    )
    .iterate(runId);
  try {
    yield* rows;
  } finally {
    rows.return?.(); // an open statement keeps what the file held then
  }
}

function parse(body: unknown): RunEvent | undefined {
  try {
    const event: unknown = JSON.parse(String(body));
    return typeof event === 'object' && event !== null ? (event as RunEvent) : undefined;
  } catch {
    return undefined;
  }
}
