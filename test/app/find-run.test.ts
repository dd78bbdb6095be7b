import assert from 'node:assert/strict';
import { findRun } from '../../src/app/find-run.ts';
import { runState } from '../../src/app/run-state.ts';
import type { RunQuery, RunRecord, Store } from '../../src/model/store.ts';
import { RECORD } from '../support/run-record.ts';

const RECORDS: readonly RunRecord[] = [RECORD, { ...RECORD, runId: '01a', mode: 'plan' }];

function storeOf(records: readonly RunRecord[]): Store {
  return {
    runs: ({ limit, mode }: RunQuery) =>
      records.filter((record) => mode === undefined || record.mode === mode).slice(0, limit),
    match: (prefix: string) => records.map(({ runId }) => runId).filter((runId) => runId.startsWith(prefix)),
  } as Partial<Store> as Store;
}

describe('a run that is named', () => {
  it('is the newest by the word last, or the newest plan where a plan is asked for', () => {
    assert.deepEqual(findRun('last', storeOf(RECORDS)), { ok: true, value: '01b' });
    assert.deepEqual(findRun('last', storeOf(RECORDS), 'plan'), { ok: true, value: '01a' });
    const none = findRun('last', storeOf([]));
    assert.equal(none.ok ? '' : none.error.message, 'there is no run yet');
  });

  it('is the only one that begins as typed', () => {
    assert.deepEqual(findRun('01A', storeOf(RECORDS)), { ok: true, value: '01a' });
    const many = findRun('01', storeOf(RECORDS));
    assert.match(many.ok ? '' : (many.error.hint ?? ''), /write more of one of them:\n01b\n01a/);
  });

  it('is never found by an empty name, as of a variable that is not set', () => {
    const none = findRun('', storeOf([RECORD]));
    assert.equal(none.ok ? '' : none.error.message, 'the id of a run is empty');
  });
});

describe('how a recorded run stands', () => {
  const process = { machine: 'desk', pid: 7, startTime: '1', bootId: 'b' };

  it('is what its process is, as long as it has no end', () => {
    assert.equal(
      runState({ ...RECORD, process }, () => 'alive'),
      'running',
    );
    assert.equal(
      runState({ ...RECORD, process, isResumable: true }, () => 'gone'),
      'interrupted',
    );
    assert.equal(
      runState({ ...RECORD, process }, () => 'gone'),
      'died',
      'there is nothing to go on with',
    );
    assert.equal(
      runState({ ...RECORD, process }, () => 'elsewhere'),
      'elsewhere',
    );
    assert.equal(runState(RECORD), 'elsewhere');
  });

  it('is finished by its end, and interrupted still when hosts were left in the middle', () => {
    const ended = { ...RECORD, finishedAt: RECORD.startedAt, exitCode: 130 };
    assert.equal(runState(ended), 'finished');
    assert.equal(runState({ ...ended, isResumable: true }), 'interrupted');
  });
});
