import type { DatabaseSync } from 'node:sqlite';
import type { Flaw } from '../model/store.ts';

interface Rule {
  readonly table: 'schedules' | 'occurrences' | 'outbox';
  /** SQL: which column names the row for people. */
  readonly name: string;
  /** SQL: holds for a row that this program cannot have written. */
  readonly broken: string;
  readonly message: string;
}

const OCCURRENCE = `schedule || ' ' || key`;
const KEY = `'????-??-??T??:??:??Z*'`;
const OPEN = `('queued', 'running')`;
/** SQL: of no JSON that has a member of this type. */
const lacks = (column: string, member: string, type: 'integer' | 'text'): string =>
  `iif(json_valid(${column}), json_type(${column}, '$.${member}'), null) is not '${type}'`;
const NO_PROCESS = `process is not null and (${lacks('process', 'pid', 'integer')} or ${lacks('process', 'bootId', 'text')})`;

const RULES: readonly Rule[] = [
  {
    table: 'schedules',
    name: 'name',
    broken: `pause is not null and ${lacks('pause', 'at', 'text')}`,
    message: 'its pause cannot be read',
  },
  {
    table: 'occurrences',
    name: OCCURRENCE,
    broken: `key not glob ${KEY} or unixepoch(substr(key, 1, 20)) is null`,
    message: 'its key is no time',
  },
  {
    table: 'occurrences',
    name: OCCURRENCE,
    broken: `state not in ('queued', 'running', 'ended', 'skipped', 'missed', 'replaced', 'failed')`,
    message: 'it is in no state that there is',
  },
  {
    table: 'occurrences',
    name: OCCURRENCE,
    broken: `(state in ${OPEN}) <> (process is not null)`,
    message: 'whether it is in the hands of a process is not what its state says',
  },
  {
    table: 'occurrences',
    name: OCCURRENCE,
    broken: NO_PROCESS,
    message: 'the process that has it cannot be read',
  },
  {
    table: 'occurrences',
    name: OCCURRENCE,
    broken: `run_id in (select run_id from occurrences where run_id is not null group by run_id having count(*) > 1)`,
    message: 'another occurrence has the same run',
  },
  {
    table: 'outbox',
    name: 'id',
    broken: `state not in ('waiting', 'sent', 'given-up') or (state = 'waiting') <> (ended_at is null)`,
    message: 'it is in no state that there is',
  },
  { table: 'outbox', name: 'id', broken: 'not json_valid(body)', message: 'what it says cannot be read' },
  {
    table: 'outbox',
    name: 'id',
    broken: NO_PROCESS,
    message: 'the process that sends it cannot be read',
  },
];

const ROW_OF = { schedules: 'the schedule', occurrences: 'the occurrence', outbox: 'the message' } as const;

/** Rows of schedules and messages that this program cannot have written. They have no hashes: an edit that makes sense is not found. */
export function verifySchedules(database: DatabaseSync): readonly Flaw[] {
  return RULES.flatMap(({ table, name, broken, message }) =>
    database
      .prepare(`select ${name} as name from ${table} where ${broken} order by 1`)
      .all()
      .map((row) => ({ message: `${ROW_OF[table]} ${String(row['name'])}: ${message}` })),
  );
}
