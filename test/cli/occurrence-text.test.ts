import assert from 'node:assert/strict';
import { thisProcess } from '../../src/app/process-id.ts';
import { dueText, noteText, stateText } from '../../src/cli/occurrence-text.ts';
import { localTime } from '../../src/cli/local-time.ts';
import type { OccurrenceRecord } from '../../src/model/occurrence.ts';

describe('A line of the history of schedules', () => {
  const KEY = '2026-11-23T10:05:00Z';
  const record = (more: Partial<OccurrenceRecord>): OccurrenceRecord => ({
    schedule: 'apache',
    key: KEY,
    state: 'ended',
    decidedAt: KEY,
    ...more,
  });
  const line = (more: Partial<OccurrenceRecord>): readonly [string, string] => [
    stateText(record(more)),
    noteText(record(more)),
  ];

  it('says when it was due, how it ended and with what exit code', () => {
    assert.equal(dueText(record({})), localTime(KEY));
    assert.deepEqual(line({ exitCode: 6 }), ['ended 6', '']);
    assert.deepEqual(line({ state: 'failed', note: 'no inventory', exitCode: 64 }), ['failed', 'no inventory']);
    assert.deepEqual(line({ key: `${KEY}/01m8`, exitCode: 0 }), ['ended 0', 'out of turn']);
  });

  it('counts times that were not begun for the same reason', () => {
    const since = '2026-11-22T10:05:00Z';
    assert.deepEqual(line({ state: 'missed', count: 12, since, note: 'it slept' }), [
      'missed 12',
      `since ${localTime(since)}; it slept`,
    ]);
    assert.deepEqual(line({ state: 'skipped', note: 'paused' }), ['skipped', 'paused']);
  });

  it('tells a correction of the clock from what was skipped', () => {
    const note = 'the clock was put back by 4h';
    assert.deepEqual(line({ key: `${KEY}/clock`, state: 'skipped', note }), ['clock', note]);
  });

  it('says whether the process lives that has it', () => {
    const process = thisProcess();
    assert.deepEqual(line({ state: 'running', process }), ['running', '']);
    const gone = { ...process, startTime: '1' };
    assert.deepEqual(line({ state: 'queued', process: gone }), [
      'queued, died',
      'the next runbook serve goes on with it',
    ]);
    const elsewhere = { ...process, machine: 'old', bootId: 'another', pid: 12 };
    assert.deepEqual(line({ state: 'running', process: elsewhere }), [
      'running on old',
      'if process 12 there is dead: runbook schedule release apache',
    ]);
  });
});
