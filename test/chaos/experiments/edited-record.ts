import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { checkDatabase } from '../../../src/stores/sqlite-check.ts';
import type { Random } from '../../support/random.ts';
import type { Experiment } from '../experiment.ts';
import { SampleStores } from '../sample-store.ts';

const RUNS = 3;
/** Each table with the columns that name a row. */
const KEYS = { runs: 1, events: 2, evidence: 2, plans: 1, attempts: 2, host_runs: 2 } as const;

type Row = Record<string, SQLInputValue>;

/** Somebody edits, removes or exchanges rows of the record with SQLite itself. */
export const experiment: Experiment = {
  promise: 'what was edited, removed or exchanged in the record is found by fsck',
  rounds: { inTests: 150, long: 10_000 },
  onHosts: false,
  prepare: async () => {
    const samples = new SampleStores();
    await samples.fill(RUNS);
    const database = new DatabaseSync(join(samples.copy('closed'), 'runbook.db'));
    assert.deepEqual(checkDatabase(database), { runs: RUNS, flaws: [] });
    return {
      round: (random) => {
        database.exec('begin');
        const what = tamper(database, random);
        const { flaws } = checkDatabase(database);
        database.exec('rollback');
        assert.notEqual(flaws.length, 0, `not found: ${what}`);
        return Promise.resolve({ [what.split(' of ')[0] ?? '']: 1 });
      },
      end: () => {
        database.close();
        samples.remove();
      },
    };
  },
};

/** What was done, in words. */
function tamper(database: DatabaseSync, random: Random): string {
  const table = random.pick(Object.keys(KEYS) as (keyof typeof KEYS)[]);
  const rows = database.prepare(`select * from ${table}`).all() as Row[];
  const row = random.pick(rows);
  const where = keysOf(table, row);
  if (random.chance(20)) {
    remove(database, table, where);
    return `a removed row of ${table}`;
  }
  if (table === 'events' && random.chance(20)) return cutTail(database, where);
  const column = random.pick(Object.keys(row).filter((name) => row[name] !== null));
  if (random.chance(20)) {
    const other = rows.find((each) => each[column] !== row[column]);
    if (other !== undefined && !(column in where)) {
      set(database, table, column, other[column] ?? null, where);
      set(database, table, column, row[column] ?? null, keysOf(table, other));
      return `two values exchanged of ${table}.${column}`;
    }
  }
  set(database, table, column, edited(row[column] ?? null, random), where);
  return `an edited value of ${table}.${column}`;
}

function cutTail(database: DatabaseSync, { run_id: run, seq }: Row): string {
  for (const table of ['events', 'evidence'])
    database.prepare(`delete from ${table} where run_id = ? and seq >= ?`).run(run ?? null, seq ?? null);
  return 'a cut tail of events';
}

function edited(value: SQLInputValue, random: Random): SQLInputValue {
  if (typeof value === 'number') return value + random.pick([-1, 1]) * random.between(1, 300);
  const bytes = Buffer.from(String(value));
  if (bytes.length === 0) return 'x';
  const at = random.below(bytes.length);
  // Stays ASCII: what is no UTF-8 is another text when it is read.
  bytes[at] = ((bytes[at] ?? 0) & 0x7f) ^ random.between(1, 127);
  return bytes.toString();
}

function keysOf(table: keyof typeof KEYS, row: Row): Row {
  return Object.fromEntries(Object.entries(row).slice(0, KEYS[table]));
}

function remove(database: DatabaseSync, table: string, where: Row): void {
  database.prepare(`delete from ${table} where ${conditions(where)}`).run(...Object.values(where));
}

function set(database: DatabaseSync, table: string, column: string, value: SQLInputValue, where: Row): void {
  database
    .prepare(`update or replace ${table} set ${column} = ? where ${conditions(where)}`)
    .run(value, ...Object.values(where));
}

const conditions = (where: Row): string =>
  Object.keys(where)
    .map((name) => `${name} = ?`)
    .join(' and ');
