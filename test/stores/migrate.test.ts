import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrate, SCHEMA_VERSION, schemaVersion } from '../../src/stores/sqlite-schema.ts';

const ROW = `insert into runs values ('r1', 'run', 'down', '2026-11-22T10:00:00Z', null, null, 'ann', '', '[]', '{}')`;

/** Migrates the file that is its first argument, and dies by SIGKILL before the statement that is its second. */
const DYING = `
const { DatabaseSync } = await import('node:sqlite');
const { migrate } = await import(process.argv[3]);
const database = new DatabaseSync(process.argv[1]);
const exec = database.exec.bind(database);
let left = Number(process.argv[2]);
database.exec = (sql) => {
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
  exec(sql);
};
migrate(database);
process.kill(process.pid, 'SIGKILL');
`;

describe('the schema of the store', function () {
  this.timeout(20_000);
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

  it('is as before or complete when the program is killed in the middle of it, and then goes on', () => {
    const module = new URL('../../src/stores/sqlite-schema.ts', import.meta.url).href;
    const seen = new Set<number>();
    for (let statement = 1; statement <= 6; statement += 1) {
      file = join(directory, `${statement}.db`);
      using((database) => {
        migrate(database, 1);
        database.exec(`pragma journal_mode = wal; ${ROW}`);
      });
      const died = spawnSync(process.execPath, ['--input-type=module', '-e', DYING, file, String(statement), module]);
      assert.equal(died.signal, 'SIGKILL', String(died.stderr));
      seen.add(using(schemaVersion));
      using(migrate);
      assert.equal(using(schemaVersion), SCHEMA_VERSION);
      assert.equal(using((database) => database.prepare('select * from runs').all()).length, 1);
    }
    assert.deepEqual(
      [...seen].toSorted((a, b) => a - b),
      [1, SCHEMA_VERSION],
    );
  });
});

function tablesOf(database: DatabaseSync): readonly unknown[] {
  return database.prepare('select type, name, sql from sqlite_schema order by name').all();
}
