import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { checkSqliteStore } from '../../src/stores/sqlite-check.ts';
import { open } from '../chaos/sample-store.ts';
import { notBegun, processOf, running } from '../conformance/schedule-store.ts';

const US = processOf(1);
const AT = '2026-03-01T00:00:00Z';

/** What somebody did to a row, and what is said of it. */
const EDITS: readonly (readonly [sql: string, message: string])[] = [
  [`update schedules set pause = 'x'`, 'the schedule locks: its pause cannot be read'],
  [
    `update occurrences set key = '2026-03-01T00:61:00Z' where state = 'ended'`,
    'the occurrence locks 2026-03-01T00:61:00Z: its key is no time',
  ],
  [
    `update occurrences set state = 'gone' where state = 'ended'`,
    'the occurrence locks 2026-03-01T00:01:00Z: it is in no state that there is',
  ],
  [
    `update occurrences set process = null where key = '2026-03-01T00:02:00Z'`,
    'the occurrence locks 2026-03-01T00:02:00Z: whether it is in the hands of a process is not what its state says',
  ],
  [
    `update occurrences set process = '{"pid":"7"}' where key = '2026-03-01T00:02:00Z'`,
    'the occurrence locks 2026-03-01T00:02:00Z: the process that has it cannot be read',
  ],
  [`update outbox set state = 'lost'`, 'the message m1: it is in no state that there is'],
  [`update outbox set state = 'sent'`, 'the message m1: it is in no state that there is'],
  [`update outbox set body = '{'`, 'the message m1: what it says cannot be read'],
  [`update outbox set process = '[]'`, 'the message m1: the process that sends it cannot be read'],
];

describe('the check of schedules and messages', () => {
  let directory: string;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-verify-'));
    const store = open(directory);
    store.schedules.take(running(1));
    store.schedules.settle(running(1), US, { state: 'ended', endedAt: AT, exitCode: 0 });
    store.schedules.take(running(2));
    store.schedules.take(notBegun(4));
    store.schedules.take(notBegun(5));
    store.schedules.take(running(6, { state: 'queued' }));
    store.schedules.take(running(6, { key: '2026-03-01T00:06:00Z/0manual', runId: '0manual' }));
    store.schedules.pause('locks', { by: 'ann', reason: '', at: AT });
    store.outbox.put({ id: 'm1', receiver: 'on call', body: 'x', createdAt: AT });
    store.outbox.lease('m1', US, Date.parse(AT), Date.parse(AT) + 1);
    await store.close();
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function told(): readonly string[] {
    const checked = checkSqliteStore(directory);
    assert.ok(checked.ok && checked.value !== undefined);
    return checked.value.flaws.map(({ message }) => message);
  }

  function edit(sql: string): void {
    const database = new DatabaseSync(join(directory, 'runbook.db'));
    assert.notEqual(database.prepare(sql).run().changes, 0);
    database.close();
  }

  it('finds nothing wrong with rows as they were written', () => {
    assert.deepEqual(told(), []);
  });

  for (const [sql, message] of EDITS)
    it(`finds: ${sql}`, () => {
      edit(sql);
      assert.deepEqual(told(), [message]);
    });

  it('finds two occurrences of one run', () => {
    edit(`update occurrences set run_id = '0run1' where state = 'queued'`);
    assert.deepEqual(told(), [
      'the occurrence locks 2026-03-01T00:01:00Z: another occurrence has the same run',
      'the occurrence locks 2026-03-01T00:06:00Z: another occurrence has the same run',
    ]);
  });
});
