import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { migrate, SCHEMA_VERSION, schemaVersion, tablesOf } from '../../src/stores/sqlite-schema.ts';

const ROW = `insert into runs values ('r1', 'run', 'down', '2026-11-22T10:00:00Z', null, null, 'ann', '', '[]', '{}')`;

/** Opens the store in its first argument, and dies by SIGKILL before the statement on a file that is its second. */
const DYING = `
const { DatabaseSync, StatementSync } = await import('node:sqlite');
const { openSqliteStore } = await import(process.argv[3]);
let left = Number(process.argv[2]);
const dying = (work) => function (...given) {
  const isFile = !(this instanceof DatabaseSync) || this.location() !== null;
  if (isFile) left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
  return work.apply(this, given);
};
DatabaseSync.prototype.exec = dying(DatabaseSync.prototype.exec);
StatementSync.prototype.run = dying(StatementSync.prototype.run);
const opened = openSqliteStore(process.argv[1]);
if (opened.ok) await opened.value.close();
`;

describe('the schema of the store', function () {
  this.timeout(60_000);
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-schema-'));
    file = join(directory, 'runbook.db');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function using<T>(work: (database: DatabaseSync) => T): T {
    const database = new DatabaseSync(file);
    try {
      return work(database);
    } finally {
      database.close();
    }
  }

  for (let version = 0; version < SCHEMA_VERSION; version += 1) {
    it(`is brought from version ${version} to the current one, which is the same from every version`, () => {
      using((database) => {
        migrate(database, version);
        if (version > 0) database.exec(ROW);
      });
      using(migrate);
      const fresh = new DatabaseSync(':memory:');
      migrate(fresh);
      assert.deepEqual(
        using((database) => tablesOf(database)),
        tablesOf(fresh),
      );
      const kept = using((database) => database.prepare('select run_id from runs').all());
      assert.equal(kept.length, version > 0 ? 1 : 0);
    });
  }

  it('is as before or complete when the program is killed at any statement, and the next start goes on', () => {
    const module = new URL('../../src/stores/sqlite.ts', import.meta.url).href;
    const seen = new Set<number>();
    let statement = 1;
    for (let died = true; died; statement += 1) {
      rmSync(directory, { recursive: true });
      mkdirSync(directory, { mode: 0o700 });
      makeOld(1);
      const child = spawnSync(process.execPath, [
        '--input-type=module',
        '-e',
        DYING,
        directory,
        String(statement),
        module,
      ]);
      died = child.signal === 'SIGKILL';
      assert.ok(died || child.status === 0, String(child.stderr));
      seen.add(using(schemaVersion));
      const opened = openSqliteStore(directory);
      assert.ok(opened.ok, opened.ok ? '' : opened.error.message);
      assert.equal(opened.value.runs({ limit: 10 }).length, 1);
      assert.equal(using(schemaVersion), SCHEMA_VERSION);
    }
    assert.ok(statement > 5, 'it was killed at some statements');
    assert.deepEqual(
      [...seen].toSorted((a, b) => a - b),
      [1, SCHEMA_VERSION],
    );
  });

  for (let version = 1; version < SCHEMA_VERSION; version += 1) {
    it(`leaves a copy of a store of version ${version} beside it`, async () => {
      makeOld(version);
      const opened = openSqliteStore(directory);
      assert.ok(opened.ok, opened.ok ? '' : opened.error.message);
      await opened.value.close();
      const copy = new DatabaseSync(`${file}.schema-${version}`, { readOnly: true });
      assert.equal(schemaVersion(copy), version);
      assert.equal(copy.prepare('select run_id from runs').all().length, 1);
      copy.close();
      assert.equal(statSync(`${file}.schema-${version}`).mode & 0o777, 0o600);
    });
  }

  /** With one run in it. */
  function makeOld(version: number): void {
    using((database) => {
      migrate(database, version);
      database.exec(`pragma journal_mode = wal; ${ROW}`);
    });
  }
});
