import assert from 'node:assert/strict';
import { release, type Released } from '../../../src/app/schedules/release.ts';
import type { ProcessState } from '../../../src/app/process-id.ts';
import type { ProcessId } from '../../../src/model/event.ts';
import type { RunRecord } from '../../../src/model/store.ts';
import { processOf, running, START } from '../../conformance/schedule-store.ts';
import { MemoryScheduleStore } from '../../support/memory-schedule-store.ts';

const US = processOf(9);
const STATES: Readonly<Record<number, ProcessState>> = { 1: 'elsewhere', 2: 'alive', 3: 'gone', 9: 'alive' };

describe('What is released from another machine', () => {
  const runs = new Map<string, RunRecord>();
  let store: MemoryScheduleStore;
  beforeEach(() => {
    runs.clear();
    store = new MemoryScheduleStore((runId) => runs.get(runId));
  });

  const releaseAll = (): readonly Released[] =>
    release('locks', store, {
      by: 'ann@new',
      now: START,
      process: US,
      look: ({ pid }) => STATES[pid] ?? 'gone',
    });
  const begun = (runId: string, pid: number, more: Partial<RunRecord> = {}): void => {
    const process: ProcessId = processOf(pid);
    const of = { mode: 'run', runbook: 'x', startedAt: '', startedBy: '', reason: '', hosts: 1, counts: {} } as const;
    runs.set(runId, { runId, process, ...of, ...more });
  };
  const ends = () =>
    store.occurrences({ schedule: 'locks', limit: 9 }).map(({ state, exitCode, note }) => [state, exitCode, note]);

  it('has failed, and says who released it from what', () => {
    store.take(running(1));
    store.take(running(2, { state: 'queued' }));
    assert.equal(releaseAll().length, 2);
    const note = 'ann@new released it from process 1 on ctl';
    assert.deepEqual(ends(), [
      ['failed', undefined, note],
      ['failed', undefined, note],
    ]);
    assert.deepEqual(store.open(), []);
    assert.deepEqual(releaseAll(), []);
  });

  it('is nothing that lives here, died here, or is gone on with here, and nothing of another schedule', () => {
    store.take(running(1, { process: processOf(2) }));
    store.take(running(2, { process: processOf(3) }));
    store.take(running(3));
    begun('0run3', 2);
    store.take(running(4, { schedule: 'others' }));
    assert.deepEqual(releaseAll(), []);
    assert.equal(store.open().length, 4);
  });

  it('has the end of its run where that has one, else the way to go on with it', () => {
    store.take(running(1));
    begun('0run1', 1, { finishedAt: '2026-03-01T00:01:30Z', exitCode: 2 });
    store.take(running(2));
    begun('0run2', 1, { isResumable: true });
    releaseAll();
    const wayOn = 'ann@new released it from process 1 on ctl: runbook resume 0run2 --taken-over goes on with its run';
    assert.deepEqual(ends(), [
      ['failed', undefined, wayOn],
      ['ended', 2, undefined],
    ]);
  });
});
