import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrate, SCHEMA_VERSION, schemaVersion } from '../../../src/stores/sqlite-schema.ts';
import type { Experiment } from '../experiment.ts';
import { open } from '../sample-store.ts';

const PROCESS = join(import.meta.dirname, '..', 'stored-run-process.ts');
const CALLS = ['pwrite64', 'fdatasync,fsync', 'ftruncate', 'rename', 'unlink'] as const;
const MOST_CALLS = 12;
const LIMIT_MS = 60_000;
const RUN = `insert into runs values ('0old', 'run', 'down', '2026-11-22T10:00:00Z', null, null, 'ann', '', '[]', '{}')`;

/** A process that brings an old store up to date is killed at its n-th system call of one kind on the files of the store. */
export const experiment: Experiment = {
  promise: 'a store that is brought up to date is as before or complete whenever the program is killed',
  rounds: { inTests: 3, long: 300 },
  onHosts: true,
  prepare: () => {
    const place = mkdtempSync(join(tmpdir(), 'runbook-old-'));
    return Promise.resolve({
      round: async (random, round) => {
        const directory = join(place, String(round));
        mkdirSync(directory, { mode: 0o700 });
        const file = join(directory, 'runbook.db');
        makeOld(file, random.between(1, SCHEMA_VERSION - 1));
        const calls = random.pick(CALLS);
        const isKilled = killAt(directory, calls, random.between(1, MOST_CALLS));
        const version = versionOf(file);
        const store = open(directory);
        assert.equal(store.runs({ limit: 10 }).filter(({ runId }) => runId === '0old').length, 1);
        await store.close();
        assert.equal(versionOf(file), SCHEMA_VERSION);
        rmSync(directory, { recursive: true });
        return { [isKilled ? 'killed' : 'not killed']: 1, [version < SCHEMA_VERSION ? 'as before' : 'complete']: 1 };
      },
      end: () => rmSync(place, { recursive: true }),
    });
  },
};

function makeOld(file: string, version: number): void {
  const database = new DatabaseSync(file);
  migrate(database, version);
  database.exec(`pragma journal_mode = wal; ${RUN}`);
  database.close();
}

function killAt(directory: string, calls: string, nth: number): boolean {
  const fault = ['-e', `trace=${calls}`, '-e', `inject=${calls}:signal=SIGKILL:when=${nth}`];
  const argv = ['-f', '-qq', '-o', '/dev/null', ...fault, process.execPath, PROCESS, directory, '/dev/null'];
  const { signal, stderr, status } = spawnSync('strace', argv, { timeout: LIMIT_MS });
  assert.ok(signal === 'SIGKILL' || status === 0, String(stderr));
  return signal === 'SIGKILL';
}

function versionOf(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return schemaVersion(database);
  } finally {
    database.close();
  }
}
