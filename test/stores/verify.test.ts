import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DerivedRows } from '../../src/stores/derived-rows.ts';
import { checkSqliteStore, type StoreCheck } from '../../src/stores/sqlite-check.ts';
import { verifyRun } from '../../src/stores/verify-run.ts';
import { contentOf, open, sampleEvents, SampleStores } from '../chaos/sample-store.ts';

describe('the check of a record', function () {
  this.timeout(20_000);
  let samples: SampleStores;
  let directory: string;
  let database: DatabaseSync;
  before(async () => {
    samples = new SampleStores();
    await samples.fill(2);
  });
  beforeEach(() => {
    directory = samples.copy('closed');
    database = new DatabaseSync(join(directory, 'runbook.db'));
  });
  afterEach(() => {
    database.close();
  });
  after(() => {
    samples.remove();
  });

  function check(): StoreCheck {
    const checked = checkSqliteStore(directory);
    assert.ok(checked.ok && checked.value !== undefined);
    return checked.value;
  }

  const told = (): readonly string[] => check().flaws.map(({ runId, seq, message }) => `${runId} ${seq}: ${message}`);

  it('finds nothing wrong with runs as they were written, and counts them', () => {
    assert.deepEqual(check(), { file: join(directory, 'runbook.db'), runs: 2, flaws: [] });
  });

  it('names the run and the event that was edited', () => {
    database.exec(`update events set body = replace(body, 'web01', 'web02') where run_id = '0run2' and seq = 3`);
    assert.deepEqual(told(), [
      '0run2 3: it is not as it was written: it or the one before it was edited, exchanged or removed',
    ]);
  });

  it('begins anew for each run, also after one that cannot be read', () => {
    const runId = '0run1';
    const derived = new DerivedRows();
    database.exec(`update events set body = '{' || body where run_id = '${runId}' and type = 'approved'`);
    const first = verifyRun(database, runId, derived);
    assert.match(first.map(({ message }) => message).join('\n'), /cannot be read/);
    assert.deepEqual(verifyRun(database, runId, derived), first);
  });

  it('finds an edited text although the event is whole', () => {
    database.exec(`update evidence set text = text || '.' where run_id = '0run1'`);
    assert.match(told().join('\n'), /^0run1 \d+: it is not as it was written/);
  });

  it('tells how many events are missing', () => {
    database.exec(`delete from events where run_id = '0run1' and seq in (4, 5)`);
    assert.ok(told().includes('0run1 6: 2 events before it are missing'));
  });

  it('finds that the last events of a run that has ended were removed', () => {
    database.exec(`delete from events where run_id = '0run1' and type = 'run-finished'`);
    assert.deepEqual(told(), [
      '0run1 undefined: its line in the history is not what its events say: it was edited, or its last events were removed',
    ]);
  });

  it('finds another plan than the one that was made, and the run refuses to be carried out', async () => {
    database.exec(`update plans set body = replace(body, 'set lock free', 'set lock held') where run_id = '0run1'`);
    const store = open(directory);
    assert.deepEqual(store.verify('0run1'), [
      { runId: '0run1', message: 'its plan is not the one that its events tell of' },
    ]);
    assert.deepEqual(store.verify('0run2'), []);
    await store.close();
  });

  it('finds the right to a plan that no event tells of', () => {
    database.exec(`insert into carried_out values ('0run1', '0run2')`);
    assert.deepEqual(told(), ['0run2 undefined: which plan it carried out is not what its events say']);
  });

  it('finds what is left of a run that was removed', () => {
    database.exec(`delete from runs where run_id = '0run1'`);
    assert.match(told().join('\n'), /^0run1 undefined: \d+ of the table events belong to this run, .*: it was removed/);
  });

  it('takes no run for broken that goes on meanwhile, nor one that went on after its end', async () => {
    const store = open(directory);
    const events = await sampleEvents('0run3');
    for (const [index, event] of events.entries()) {
      await store.commit(event);
      if (index % 10 === 0) assert.deepEqual(check().flaws, []);
    }
    const process = { machine: 'desk', pid: 1, startTime: '1', bootId: 'b' };
    const startedBy = { user: 'ann', loginUser: 'ann', machine: 'desk', reason: '', trigger: 'person' } as const;
    const resumed = {
      type: 'run-resumed',
      session: 2,
      how: 'resume',
      hosts: [],
      startedBy,
      process,
      version: '0',
    } as const;
    await store.commit({ ...resumed, runId: '0run3', seq: events.length + 1, at: '2026-11-22T10:00:00.000Z' });
    assert.deepEqual(check().flaws, []);
    const [newest] = contentOf(store).runs.filter(({ runId }) => runId === '0run3');
    assert.deepEqual(newest?.process, process);
    assert.equal(newest?.finishedAt, undefined);
    await store.close();
  });
});
