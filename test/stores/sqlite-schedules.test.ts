import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SharedStore } from '../../src/model/shared-store.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { describeOutbox } from '../conformance/outbox.ts';
import { describeScheduleStore } from '../conformance/schedule-store.ts';

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
  });
  describe('the outbox', () => {
    describeOutbox(() => open().outbox);
  });
});
