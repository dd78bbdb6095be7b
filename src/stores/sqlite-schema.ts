import { DatabaseSync } from 'node:sqlite';
import { fillHostRuns } from './host-runs.ts';

/**
 * What brings a store from each version to the next, an empty file first. What printed text a decision rested on is kept apart
 * from its event: a list of runs must not read megabytes.
 */
const STEPS: readonly (string | ((database: DatabaseSync) => void))[] = [
  `
create table runs (
  run_id text primary key,
  mode text not null,
  runbook text not null,
  started_at text not null,
  finished_at text,
  exit_code integer,
  started_by text not null,
  reason text not null,
  hosts text not null,
  counts text not null
) strict, without rowid;
create index runs_by_start on runs (started_at);
create table events (
  run_id text not null,
  seq integer not null,
  type text not null,
  body text not null,
  hash text not null,
  primary key (run_id, seq)
) strict, without rowid;
create table evidence (
  run_id text not null,
  seq integer not null,
  text text not null,
  primary key (run_id, seq)
) strict;
create table plans (
  run_id text primary key,
  sha256 text not null,
  made_at text not null,
  body text not null
) strict, without rowid;
`,
  // A plan is carried out once: its row is the right to do so.
  `
create table carried_out (
  plan_run_id text primary key,
  run_id text not null
) strict, without rowid;
`,
  // Cooldown and attempts are asked for by machine, in every run.
  `
create table attempts (
  run_id text not null,
  host text not null,
  runbook text not null,
  machine text not null,
  findings text not null,
  begun_at text not null,
  ended_at text,
  outcome text,
  primary key (run_id, host)
) strict, without rowid;
create index attempts_by_machine on attempts (runbook, machine, begun_at);
`,
  // What is in the hands of a process names it, so that what is open is found without reading what has ended. What is asked over many
  // runs is found without reading their events.
  (database) => {
    database.exec(`
create table schedules (
  name text primary key,
  decided_up_to integer not null,
  pause text
) strict, without rowid;
create table occurrences (
  schedule text not null,
  key text not null,
  state text not null,
  run_id text,
  process text,
  decided_at text not null,
  ended_at text,
  exit_code integer,
  note text,
  count integer,
  since text,
  primary key (schedule, key)
) strict, without rowid;
create index occurrences_by_key on occurrences (key);
create index occurrences_open on occurrences (key) where process is not null;
create index occurrences_not_begun on occurrences (schedule, key) where state in ('skipped', 'missed', 'replaced');
create table outbox (
  id text primary key,
  receiver text not null,
  body text not null,
  created_at text not null,
  state text not null,
  tries integer not null,
  next_try integer not null,
  process text,
  lease_until integer not null,
  error text,
  ended_at text
) strict, without rowid;
create index outbox_waiting on outbox (next_try) where state = 'waiting';
create index outbox_ended on outbox (ended_at) where ended_at is not null;
create table host_runs (
  run_id text not null,
  host text not null,
  machine text,
  surveyed_at text,
  survey_seq integer,
  found text not null,
  last_at text,
  last_seq integer,
  last_found text not null,
  planned text not null,
  done text not null,
  outcome text,
  reason text,
  ended_at text,
  interrupted integer not null,
  primary key (run_id, host)
) strict, without rowid;
`);
    fillHostRuns(database);
  },
];

/** `PRAGMA user_version` of a store this program writes. */
export const SCHEMA_VERSION = STEPS.length;

/** 0: an empty file. */
export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('pragma user_version').get()?.['user_version'] ?? 0);
}

/**
 * Brings an empty or an older file to the schema of `target`, in one transaction: after a kill it is as before or complete. Leaves
 * it alone when another process has done so meanwhile, and when it is newer.
 */
export function migrate(database: DatabaseSync, target = SCHEMA_VERSION): void {
  database.exec('begin immediate');
  try {
    const version = schemaVersion(database);
    for (const step of STEPS.slice(version, target)) {
      if (typeof step === 'string') database.exec(step);
      else step(database);
    }
    if (version < target) database.exec(`pragma user_version = ${target};`);
    database.exec('commit');
  } catch (cause) {
    if (database.isTransaction) database.exec('rollback');
    throw cause;
  }
}

/** Everything that a database is made of. */
export const tablesOf = (database: DatabaseSync): readonly unknown[] =>
  database.prepare('select type, name, tbl_name, sql from sqlite_schema order by type, name').all();

/** The same of a store of this schema, as JSON: for 0, an empty file, nothing. */
export function tablesOfVersion(version: number): string {
  const database = new DatabaseSync(':memory:');
  try {
    migrate(database, version);
    return JSON.stringify(tablesOf(database));
  } finally {
    database.close();
  }
}
