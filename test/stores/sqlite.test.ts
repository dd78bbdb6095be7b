import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EventBody, HostFinished, RunEvent } from '../../src/model/event.ts';
import type { Store } from '../../src/model/store.ts';
import { StoreFault } from '../../src/model/store-fault.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from '../../src/stores/sqlite-schema.ts';
import { StoreUnreadable } from '../../src/stores/store-unreadable.ts';

const started: EventBody = {
  type: 'run-started',
  mode: 'run',
  runbook: 'apache-accept-lock',
  runbookSha256: 'ab',
  hosts: ['web01', 'web02'],
  startedBy: { user: 'root', loginUser: 'ann', machine: 'ctl', reason: 'INC-7', trigger: 'person' },
  version: '0.1.0',
};
const finished: EventBody = {
  type: 'run-finished',
  exitCode: 0,
  durationMs: 5,
  counts: { healthy: 2 },
  hosts: {
    web01: { outcome: 'healthy', reason: '', changes: 0 },
    web02: { outcome: 'healthy', reason: '', changes: 0 },
  },
};
const evidence = (text: string): EventBody => ({
  type: 'evidence',
  host: 'web01',
  step: 'sem',
  execution: 'web01.1',
  stream: 'stdout',
  output: { text, bytes: text.length, sha256: '00', truncated: false },
});

const attempt = (host: string, machine: string): EventBody => ({
  type: 'attempt-begun',
  host,
  machine,
  findings: ['down'],
});
const hostFinished = (host: string, outcome: HostFinished['outcome']): HostFinished => ({
  type: 'host-finished',
  host,
  outcome,
  reason: '',
  findings: [],
  changes: 1,
});

function event(runId: string, seq: number, body: EventBody): RunEvent {
  return { runId, seq, at: `2026-11-22T10:00:0${seq}.000Z`, ...body };
}

describe('the SQLite store', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-store-'));
    chmodSync(directory, 0o700);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function open(): Store {
    const opened = openSqliteStore(directory);
    assert.ok(opened.ok, opened.ok ? '' : opened.error.message);
    return opened.value;
  }

  it('is made once, when two processes find the file empty', () => {
    const file = join(directory, 'runbook.db');
    const [first, second] = [new DatabaseSync(file), new DatabaseSync(file)];
    migrate(first);
    migrate(second);
    assert.equal(second.isTransaction, false);
    assert.equal(schemaVersion(second), SCHEMA_VERSION);
    for (const database of [first, second]) database.close();
  });

  it('gives nobody the right to carry out a plan when it fails', async () => {
    const store = open();
    await store.close();
    const taken = store.carryOut('r1', 'r2');
    assert.ok(!taken.ok);
    assert.equal(taken.error.code, 'store');
    assert.match(taken.error.message, /^the plan r1 could not be marked as carried out: /);
  });

  it('lets one run carry out a plan, also among processes that ask at once, and says which', async () => {
    const [store, other] = [open(), open()];
    await store.commit(event('r1', 1, { ...started, mode: 'plan' }));
    assert.equal(store.carriedOutBy('r1'), undefined);
    assert.deepEqual(store.carryOut('r1', 'r2'), { ok: true, value: undefined });
    assert.deepEqual(other.carryOut('r1', 'r3'), { ok: true, value: 'r2' });
    assert.equal(other.carriedOutBy('r1'), 'r2');
    assert.equal(store.runs({ limit: 10 })[0]?.carriedOutBy, 'r2');
    await Promise.all([store.close(), other.close()]);
  });

  it('gives back the events of a run in order, with the text of evidence', async () => {
    const store = open();
    const events = [event('r1', 1, started), event('r1', 2, evidence('a\nb')), event('r1', 3, finished)];
    await Promise.all(events.map((each) => store.commit(each)));
    assert.deepEqual([...store.events('r1')], events);
    assert.deepEqual([...store.events('r2')], []);
    await store.close();
  });

  it('has an event on disk when commit resolves: another process reads it', async () => {
    const store = open();
    await store.commit(event('r1', 1, started));
    const other = new DatabaseSync(join(directory, 'runbook.db'), { readOnly: true });
    assert.equal(other.prepare('select count(*) as n from events').get()?.['n'], 1);
    other.close();
    await store.close();
  });

  it('goes on writing after a run was read in part, while another process writes', async () => {
    const [store, other] = [open(), open()];
    await store.commit(event('r1', 1, { ...started, mode: 'plan' }));
    await store.commit(event('r1', 2, evidence('x')));
    const [first] = store.events('r1');
    assert.equal(first?.type, 'run-started');
    await other.commit(event('r2', 1, started));
    await store.commit(event('r3', 1, started));
    await Promise.all([store.close(), other.close()]);
  });

  it('lists runs newest first with who, why and how they ended, an unfinished one without an end', async () => {
    const store = open();
    await store.commit(event('r1', 1, started));
    await store.commit(event('r1', 2, finished));
    await store.commit({ ...event('r2', 1, started), at: '2026-11-22T11:00:00.000Z' });
    const [second, first] = store.runs({ limit: 10 });
    assert.equal(second?.runId, 'r2');
    assert.equal(second?.finishedAt, undefined);
    assert.deepEqual(first, {
      runId: 'r1',
      mode: 'run',
      runbook: 'apache-accept-lock',
      startedAt: '2026-11-22T10:00:01.000Z',
      finishedAt: '2026-11-22T10:00:02.000Z',
      exitCode: 0,
      startedBy: 'ann as root@ctl',
      reason: 'INC-7',
      hosts: 2,
      counts: { healthy: 2 },
    });
    assert.deepEqual(store.runs({ limit: 10, host: 'db01' }), []);
    assert.deepEqual(store.match('r'), ['r1', 'r2']);
    await store.close();
  });

  it('tells which ended runs left hosts in the middle: by a signal or a freeze, not by a refusal', async () => {
    const approved: EventBody = { type: 'approved', planSha256: 'ab', by: 'ann', how: 'answer' };
    const inTheMiddle: EventBody = { ...hostFinished('web01', 'not-repaired'), interrupted: true };
    const cases: readonly (readonly [number, EventBody, true | undefined])[] = [
      [130, inTheMiddle, true],
      [130, hostFinished('web01', 'not-started'), true],
      [16, inTheMiddle, true],
      [16, hostFinished('web01', 'not-started'), undefined],
      [2, hostFinished('web01', 'rolled-back'), undefined],
    ];
    const store = open();
    for (const [index, [exitCode, end, isResumable]] of cases.entries()) {
      const runId = `r${index}`;
      const story = [started, approved, end, { ...finished, exitCode }];
      for (const [seq, body] of story.entries()) await store.commit(event(runId, seq + 1, body));
      assert.equal(store.runs({ limit: 1, runId })[0]?.isResumable, isResumable, `${exitCode} ${JSON.stringify(end)}`);
    }
    await store.close();
  });

  it('tells which runs without an end can be gone on with: those that were approved', async () => {
    const store = open();
    await store.commit(event('r1', 1, started));
    assert.equal(store.runs({ limit: 1 })[0]?.isResumable, undefined);
    await store.commit(event('r1', 2, { type: 'approved', planSha256: 'ab', by: 'ann', how: 'answer' }));
    assert.equal(store.runs({ limit: 1 })[0]?.isResumable, true);
    await store.close();
  });

  it('chains each event to the one before, also after it was opened again', async () => {
    const store = open();
    await store.commit(event('r1', 1, started));
    await store.close();
    const again = open();
    await again.commit(event('r1', 2, evidence('x')));
    await again.close();
    const database = new DatabaseSync(join(directory, 'runbook.db'));
    const [first, second] = database.prepare('select hash from events order by seq').all();
    database.close();
    assert.match(String(first?.['hash']), /^[0-9a-f]{64}$/);
    const { createHash } = await import('node:crypto');
    const body = JSON.stringify(event('r1', 2, evidence('x'))).replace('"text":"x"', '"text":""');
    const hash = createHash('sha256')
      .update(`${String(first?.['hash'])}\n${body}\nx`)
      .digest('hex');
    assert.equal(second?.['hash'], hash);
  });

  it('keeps attempts by machine: when they began, when and how they ended, oldest first', async () => {
    const store = open();
    await store.commit(event('r1', 1, started));
    await store.commit(event('r1', 2, attempt('web01', 'm1')));
    await store.commit(event('r1', 3, attempt('web02', 'm2')));
    await store.commit(event('r1', 4, hostFinished('web01', 'repaired')));
    const query = { runbook: 'apache-accept-lock', machines: ['m1', 'm2'], since: '2026-11-22T00:00:00.000Z' };
    const attempts = store.attempts(query);
    assert.deepEqual(attempts, [
      {
        runId: 'r1',
        runbook: 'apache-accept-lock',
        host: 'web01',
        machine: 'm1',
        findings: ['down'],
        begunAt: '2026-11-22T10:00:02.000Z',
        end: { at: '2026-11-22T10:00:04.000Z', outcome: 'repaired' },
      },
      {
        runId: 'r1',
        runbook: 'apache-accept-lock',
        host: 'web02',
        machine: 'm2',
        findings: ['down'],
        begunAt: '2026-11-22T10:00:03.000Z',
      },
    ]);
    assert.deepEqual(store.attempts({ ...query, machines: ['m2'] }), attempts.slice(1));
    assert.deepEqual(store.attempts({ ...query, runbook: 'other' }), []);
    const { runbook, ...anyRunbook } = query;
    assert.deepEqual([runbook, store.attempts(anyRunbook)], ['apache-accept-lock', attempts]);
    assert.deepEqual(store.attempts({ ...query, since: '2026-11-22T10:00:03.500Z' }), attempts.slice(0, 1));
    await store.close();
  });

  it('gives an attempt no end when the run was interrupted in the middle of it', async () => {
    const store = open();
    await store.commit(event('r1', 1, started));
    await store.commit(event('r1', 2, attempt('web01', 'm1')));
    await store.commit(event('r1', 3, { ...hostFinished('web01', 'not-repaired'), interrupted: true }));
    const [only] = store.attempts({ runbook: 'apache-accept-lock', machines: ['m1'], since: '2026-01-01T00:00:00Z' });
    assert.equal(only?.end, undefined);
    await store.close();
  });

  it('rejects every later commit after one failed write', async () => {
    const store = open();
    await store.commit(event('r1', 1, started));
    await assert.rejects(store.commit(event('r1', 1, started)), /r1 was taken over by another process/);
    await assert.rejects(store.commit(event('r1', 2, finished)), /r1 was taken over by another process/);
    assert.equal([...store.events('r1')].length, 1);
    await store.close();
  });

  it('can be read by its owner only', async () => {
    const store = open();
    await store.commit(event('r1', 1, started));
    assert.equal(statSync(join(directory, 'runbook.db')).mode & 0o777, 0o600);
    assert.equal(statSync(join(directory, 'runbook.db-wal')).mode & 0o777, 0o600);
    await store.close();
  });

  it('makes its directory with mode 0700', async () => {
    const opened = openSqliteStore(join(directory, 'a', 'b'));
    assert.ok(opened.ok);
    assert.equal(statSync(join(directory, 'a', 'b')).mode & 0o777, 0o700);
    await opened.value.close();
  });

  it('refuses a directory that others can write to, and says what to do', () => {
    chmodSync(directory, 0o777);
    const opened = openSqliteStore(directory);
    assert.ok(!opened.ok);
    assert.match(opened.error.message, /can be written by others/);
    assert.match(opened.error.hint ?? '', /chmod 700/);
    assert.ok(!existsSync(join(directory, 'runbook.db')));
  });

  it('refuses a file that is no database and leaves it as it is', () => {
    const file = join(directory, 'runbook.db');
    writeFileSync(file, 'not a database'.repeat(100));
    const opened = openSqliteStore(directory);
    assert.ok(!opened.ok);
    assert.equal(opened.error.code, 'store');
    assert.equal(readFileSync(file, 'utf8'), 'not a database'.repeat(100));
  });

  it('is refused when its pages are damaged', async () => {
    const store = open();
    for (let run = 1; run < 50; run++) await store.commit(event(`r${run}`, 1, started));
    await store.close();
    const file = join(directory, 'runbook.db');
    writeFileSync(file, Buffer.concat([readFileSync(file).subarray(0, 4096), Buffer.alloc(40 * 4096, 0x5a)]));
    const opened = openSqliteStore(directory);
    assert.ok(!opened.ok);
    assert.match(opened.error.message, /is damaged/);
    assert.match(opened.error.hint ?? '', /runbook fsck/);
  });

  it('says that it cannot be read when its pages are damaged while it is open', async () => {
    const store = open();
    await store.commit(event('r1', 1, started));
    new DatabaseSync(join(directory, 'runbook.db')).exec('drop table runs');
    assert.throws(() => store.runs({ limit: 10 }), StoreUnreadable);
    assert.throws(() => store.runs({ limit: 10 }), StoreFault, 'what outlives a failed write outlives this, too');
    await store.close();
  });

  it('refuses a store of a newer schema and leaves its tables as they are', async () => {
    await open().close();
    const database = new DatabaseSync(join(directory, 'runbook.db'));
    database.exec('pragma user_version = 9');
    database.close();
    const opened = openSqliteStore(directory);
    assert.ok(!opened.ok);
    assert.match(opened.error.message, /schema 9/);
  });
});
