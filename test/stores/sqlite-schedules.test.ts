import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SharedStore } from '../../src/model/shared-store.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { sampleEvents } from '../chaos/sample-store.ts';
import { describeOutbox } from '../conformance/outbox.ts';
import { describeScheduleStore, running } from '../conformance/schedule-store.ts';

let directory: string;
const opened: SharedStore[] = [];

function open(): SharedStore {
  const store = openSqliteStore(directory);
  assert.ok(store.ok, store.ok ? '' : store.error.message);
  opened.push(store.value);
  return store.value;
}

describe('what the SQLite store keeps beside runs', () => {
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-schedules-'));
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    rmSync(directory, { recursive: true });
  });

  describe('schedules', () => {
    describeScheduleStore(() => open().schedules);

    it('say of each that is open what the record has of its run: nothing, that it was begun, how it ended', async () => {
      const store = open();
      for (const minute of [1, 2, 3]) store.schedules.take(running(minute));
      for (const event of (await sampleEvents('0run2')).slice(0, 4)) await store.commit(event);
      for (const event of await sampleEvents('0run3')) await store.commit(event);
      const runs = store.schedules.open().map(({ run }) => run);
      assert.equal(runs[0], undefined);
      assert.deepEqual([runs[1]?.runId, runs[1]?.finishedAt], ['0run2', undefined]);
      assert.deepEqual([runs[2]?.runId, runs[2]?.exitCode], ['0run3', 0]);
    });

    it('are found without reading those that have ended', () => {
      open();
      const database = new DatabaseSync(join(directory, 'runbook.db'), { readOnly: true });
      const plan = database
        .prepare('explain query plan select * from occurrences where process is not null order by key')
        .all();
      database.close();
      assert.match(plan.map((row) => String(row['detail'])).join('\n'), /using index occurrences_open/i);
    });
  });
  describe('the outbox', () => {
    describeOutbox(() => open().outbox);
  });
});
