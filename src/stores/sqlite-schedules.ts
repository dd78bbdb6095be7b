import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { ProcessId } from '../model/event.ts';
import {
  NOT_BEGUN,
  type Occurrence,
  type OccurrenceQuery,
  type OccurrenceRecord,
  type OccurrenceState,
  type OpenOccurrence,
  type Pause,
  type ScheduleMark,
  type ScheduleStore,
  type Settlement,
} from '../model/occurrence.ts';
import { isTimeOfSchedule, keyInstant } from '../model/occurrence-key.ts';
import { foldNotBegun } from './fold-not-begun.ts';
import { inSnapshot } from './in-snapshot.ts';
import { occurrenceOf, valuesOf } from './occurrence-row.ts';
import { processText } from './process-text.ts';
import type { SqliteReader } from './sqlite-reader.ts';
import { reading } from './store-unreadable.ts';
import type { WriteTransactions } from './write-transactions.ts';

const OPEN: readonly OccurrenceState[] = ['queued', 'running'];
/** No schedule is called so. */
const NOBODY = '';

type Row = Readonly<Record<string, unknown>>;

/** Schedules in the tables `schedules` and `occurrences`. */
export class SqliteSchedules implements ScheduleStore {
  readonly #database: DatabaseSync;
  readonly #transactions: WriteTransactions;
  readonly #runs: Pick<SqliteReader, 'runs'>;

  constructor(database: DatabaseSync, transactions: WriteTransactions, runs: Pick<SqliteReader, 'runs'>) {
    this.#database = database;
    this.#transactions = transactions;
    this.#runs = runs;
  }

  mark(schedule: string): ScheduleMark | undefined {
    return reading(() => {
      const row = this.#database.prepare('select * from schedules where name = ?').get(schedule);
      return row === undefined ? undefined : toMark(row);
    });
  }

  decideUpTo(schedule: string, instant: number, reset?: 'reset'): void {
    this.#transactions.start(() => {
      this.#moveMark(schedule, instant, reset);
    });
  }

  take(record: OccurrenceRecord): boolean {
    const { schedule, key, state, process } = record;
    const instant = keyInstant(key);
    if (Number.isNaN(instant)) throw new Error(`${key} is no time of a schedule`);
    if (OPEN.includes(state) !== (process !== undefined)) throw new Error(`${state}: in whose hands?`);
    return this.#transactions.start(() => {
      if (isTimeOfSchedule(key) && instant <= (this.mark(schedule)?.decidedUpTo ?? -Infinity)) return false;
      if (!this.#insert(record)) return false;
      if (isTimeOfSchedule(key)) this.#moveMark(schedule, instant);
      if (NOT_BEGUN.includes(state)) foldNotBegun(this.#database, record);
      return true;
    });
  }

  takeOver({ schedule, key }: Occurrence, from: ProcessId, to: ProcessId): boolean {
    const values = [processText(to), schedule, key, processText(from)];
    const sql = 'update occurrences set process = ? where schedule = ? and key = ? and process = ?';
    return this.#transactions.start(() => this.#database.prepare(sql).run(...values).changes === 1);
  }

  settle(occurrence: Occurrence, by: ProcessId, end: Settlement): boolean {
    if (end.state === 'running') return this.#transactions.start(() => this.#begin(occurrence, by));
    return this.#transactions.end(() => {
      if (!this.#end(occurrence, by, end)) return false;
      if (NOT_BEGUN.includes(end.state)) foldNotBegun(this.#database, occurrence);
      return true;
    });
  }

  occurrences({ schedule, states, limit }: OccurrenceQuery): readonly OccurrenceRecord[] {
    const conditions = [
      ...(schedule === undefined ? [] : ['schedule = :schedule']),
      ...(states === undefined ? [] : ['state in (select value from json_each(:states))']),
      ...(states?.every((state) => OPEN.includes(state)) === true ? ['process is not null'] : []),
    ];
    const values = {
      ...(schedule !== undefined && { ':schedule': schedule }),
      ...(states !== undefined && { ':states': JSON.stringify(states) }),
    };
    return this.#select(`where ${conditions.join(' and ') || 'true'} order by key desc, schedule limit :limit`, {
      ...values,
      ':limit': Math.min(limit, Number.MAX_SAFE_INTEGER),
    });
  }

  open(): readonly OpenOccurrence[] {
    return reading(() =>
      inSnapshot(this.#database, () =>
        this.#select('where process is not null order by key, schedule desc', {}).map((record) => {
          const [run] = record.runId === undefined ? [] : this.#runs.runs({ runId: record.runId, limit: 1 });
          return { record, ...(run !== undefined && { run }) };
        }),
      ),
    );
  }

  pause(schedule: string, pause: Pause | undefined): void {
    const lift = 'update schedules set pause = null where name = ?';
    if (pause === undefined) this.#transactions.start(() => this.#database.prepare(lift).run(schedule));
    else
      this.#transactions.end(() =>
        this.#database
          .prepare(
            `insert into schedules (name, decided_up_to, pause) values (?, ?, ?)
             on conflict (name) do update set pause = excluded.pause`,
          )
          .run(schedule, Date.parse(pause.at), JSON.stringify(pause)),
      );
  }

  probe(): void {
    this.#transactions.start(() => {
      // What leaves a row as it was, SQLite does not write.
      this.#database.prepare('insert into schedules (name, decided_up_to) values (?, 0)').run(NOBODY);
      this.#database.prepare('delete from schedules where name = ?').run(NOBODY);
    });
  }

  #moveMark(schedule: string, instant: number, reset?: 'reset'): void {
    this.#database
      .prepare(
        `insert into schedules (name, decided_up_to) values (?, ?) on conflict (name) do update
         set decided_up_to = ${reset === undefined ? 'max(decided_up_to, excluded.decided_up_to)' : 'excluded.decided_up_to'}`,
      )
      .run(schedule, Math.floor(instant));
  }

  #insert(record: OccurrenceRecord): boolean {
    const { changes } = this.#database
      .prepare('insert or ignore into occurrences values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(...valuesOf(record));
    return changes === 1;
  }

  #begin({ schedule, key }: Occurrence, by: ProcessId): boolean {
    const { changes } = this.#database
      .prepare(
        `update occurrences set state = 'running' where schedule = ? and key = ? and process = ? and state = 'queued'`,
      )
      .run(schedule, key, processText(by));
    return changes === 1;
  }

  #end({ schedule, key }: Occurrence, by: ProcessId, { state, endedAt, exitCode, note }: Settlement): boolean {
    const { changes } = this.#database
      .prepare(
        `update occurrences set state = ?, ended_at = ?, exit_code = ?, note = ?, process = null
         where schedule = ? and key = ? and process = ?`,
      )
      .run(state, endedAt ?? null, exitCode ?? null, note ?? null, schedule, key, processText(by));
    return changes === 1;
  }

  #select(where: string, values: Readonly<Record<string, SQLInputValue>>): readonly OccurrenceRecord[] {
    return reading(() =>
      this.#database
        .prepare(`select * from occurrences ${where}`)
        .all({ ...values })
        .map(occurrenceOf),
    );
  }
}

function toMark(row: Row): ScheduleMark {
  return {
    schedule: String(row['name']),
    decidedUpTo: Number(row['decided_up_to']),
    ...(typeof row['pause'] === 'string' && { paused: JSON.parse(row['pause']) as Pause }),
  };
}
