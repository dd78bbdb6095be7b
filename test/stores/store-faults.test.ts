import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunEvent } from '../../src/model/event.ts';
import { StoreFault, type StoreFaultKind } from '../../src/model/store-fault.ts';
import type { Store } from '../../src/model/store.ts';
import { RESERVE_BYTES } from '../../src/stores/reserve.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { sampleEvents } from '../chaos/sample-store.ts';

const BUSY_MS = 800;

describe('a store that fails while a run goes on', () => {
  let directory: string;
  let file: string;
  let events: readonly RunEvent[];
  before(async () => {
    events = await sampleEvents('0run');
  });
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'runbook-faults-'));
    chmodSync(directory, 0o700);
    file = join(directory, 'runbook.db');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  function open(): Store {
    const opened = openSqliteStore(directory, { mostBusyMs: BUSY_MS });
    assert.ok(opened.ok, opened.ok ? '' : opened.error.message);
    return opened.value;
  }

  const take = (from: number, to = events.length): readonly RunEvent[] => events.slice(from, to);

  it('keeps room beside it from the beginning of a run that may change something', async () => {
    const store = open();
    await keep(store, take(0, 1));
    const { size, blocks, mode } = statSync(`${file}.reserve`);
    assert.equal(size, RESERVE_BYTES);
    assert.ok(blocks * 512 >= RESERVE_BYTES);
    assert.equal(mode & 0o777, 0o600);
    await store.close();
  });

  it('waits as long as another program keeps it locked, and goes on when it is free', async () => {
    const store = open();
    const other = new DatabaseSync(file);
    other.exec('begin immediate');
    const kept = keep(store, take(0, 2));
    await new Promise(setImmediate); // it has tried once then
    other.exec('rollback');
    await kept;
    assert.equal([...store.events('0run')].length, 2);
    other.close();
    await store.close();
  });

  it('says so when it stays locked, and takes nothing more', async () => {
    const store = open();
    const other = new DatabaseSync(file);
    other.exec('begin immediate');
    await refuses(store, take(0, 2), 'busy');
    other.exec('rollback');
    await refuses(store, take(0, 1), 'busy');
    other.close();
    await store.close();
  });

  it('says that the run was taken over when its next event was written by another process', async () => {
    const [store, other] = [open(), open()];
    await keep(store, take(0, 2));
    await keep(other, take(2, 3));
    await refuses(store, take(2, 4), 'taken-over');
    await keep(other, take(3));
    assert.deepEqual(other.verify('0run'), []);
    await Promise.all([store.close(), other.close()]);
  });

  it('goes on with other runs when one was taken over, also where events of both come at once', async () => {
    const others = await sampleEvents('0other');
    const [store, other] = [open(), open()];
    await keep(store, take(0, 2));
    await keep(store, others.slice(0, 2));
    await keep(other, take(2, 3));
    const both = [...take(2, 4), ...others.slice(2, 4)].map((event) => store.commit(event));
    const ends = await Promise.allSettled(both);
    assert.deepEqual(
      ends.map((end) => (end.status === 'rejected' && end.reason instanceof StoreFault ? end.reason.kind : end.status)),
      ['taken-over', 'taken-over', 'fulfilled', 'fulfilled'],
    );
    await refuses(store, take(3, 5), 'taken-over');
    await keep(store, others.slice(4));
    await keep(other, take(3));
    for (const runId of ['0run', '0other']) assert.deepEqual(other.verify(runId), []);
    await Promise.all([store.close(), other.close()]);
  });

  it('notices that its file was moved away', async () => {
    const store = open();
    await keep(store, take(0, 2));
    renameSync(file, `${file}.away`);
    await refuses(store, take(2, 4), 'gone');
    await store.close();
  });

  it('notices that its file was replaced by a copy', async () => {
    const store = open();
    await keep(store, take(0, 2));
    cpSync(file, `${file}.copy`);
    renameSync(`${file}.copy`, file);
    await refuses(store, take(2, 4), 'gone');
    await store.close();
  });

  it('notices that its log was deleted', async () => {
    const store = open();
    await keep(store, take(0, 2));
    rmSync(`${file}-wal`);
    await refuses(store, take(2, 4), 'gone');
    await store.close();
  });

  it('reads back what was printed whatever signs are in it', async () => {
    const text = 'a\0b\u0001\ud800é\u202e𝒳\n'.toWellFormed();
    const [started] = events;
    const printed = events.find((event) => event.type === 'evidence');
    assert.ok(started !== undefined && printed !== undefined);
    const store = open();
    await store.commit(started);
    await store.commit({ ...printed, seq: 2, output: { ...printed.output, text } });
    const [, kept] = store.events('0run');
    assert.equal(kept?.type === 'evidence' ? kept.output.text : '', text);
    assert.deepEqual(store.verify('0run'), []);
    await store.close();
  });

  it('is not touched at all when a newer program has made it', async () => {
    await open().close();
    const database = new DatabaseSync(file);
    database.exec('pragma user_version = 9');
    database.close();
    const before = [readFileSync(file).toString('base64'), statSync(file).mtimeMs];
    assert.ok(!openSqliteStore(directory).ok);
    assert.deepEqual([readFileSync(file).toString('base64'), statSync(file).mtimeMs], before);
  });

  it('refuses an empty file where there were runs', async () => {
    const store = open();
    await keep(store, take(0, 1));
    await store.close();
    writeFileSync(file, '');
    const opened = openSqliteStore(directory);
    assert.match(opened.ok ? '' : opened.error.message, /it is empty, and had runs/);
    assert.equal(statSync(file).size, 0);
  });
});

async function keep(store: Store, some: readonly RunEvent[]): Promise<void> {
  await Promise.all(some.map((event) => store.commit(event)));
}

async function refuses(store: Store, some: readonly RunEvent[], kind: StoreFaultKind): Promise<void> {
  for (const event of some)
    await assert.rejects(store.commit(event), (error) => error instanceof StoreFault && error.kind === kind);
}
