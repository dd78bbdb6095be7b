import type { DatabaseSync } from 'node:sqlite';

/** `PRAGMA user_version` of a store this program writes. */
export const SCHEMA_VERSION = 1;

/** What printed text a decision rested on is kept apart from its event: a list of runs must not read megabytes. */
const TABLES = `
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
`;

/** 0: an empty file. */
export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('pragma user_version').get()?.['user_version'] ?? 0);
}

/**
 * Brings an empty file to the current schema, in one transaction: after a kill it is empty or complete. Leaves it alone when
 * another process has done so meanwhile.
 */
export function createTables(database: DatabaseSync): void {
  database.exec('begin immediate');
  try {
    if (schemaVersion(database) === 0) database.exec(`${TABLES} pragma user_version = ${SCHEMA_VERSION};`);
    database.exec('commit');
  } catch (cause) {
    if (database.isTransaction) database.exec('rollback');
    throw cause;
  }
}
