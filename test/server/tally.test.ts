import assert from 'node:assert/strict';
import { Tally } from '../../src/server/tally.ts';

describe('What serve has counted', () => {
  it('is each time of a schedule that has come to its end, also of those that are one row', () => {
    const tally = new Tally();
    tally.countRow({ schedule: 'apache', state: 'running' });
    tally.countRow({ schedule: 'apache', state: 'missed', count: 9 });
    tally.countRow({ schedule: 'apache', state: 'missed' });
    tally.countRow({ schedule: 'disk', state: 'missed' });
    assert.deepEqual(tally.occurrences, [
      { schedule: 'apache', state: 'missed', count: 10 },
      { schedule: 'disk', state: 'missed', count: 1 },
    ]);
  });

  it('is each run by its exit code, and its hosts by their ends', () => {
    const tally = new Tally();
    tally.countRun('heal', { exitCode: 0, counts: { repaired: 2, healthy: 1 } });
    tally.countRun('heal', { exitCode: 4, counts: { healthy: 2, unreachable: 1 } });
    tally.countRun('heal', { exitCode: 0, counts: { healthy: 3 } });
    assert.deepEqual(tally.runs, [
      { runbook: 'heal', exitCode: 0, count: 2 },
      { runbook: 'heal', exitCode: 4, count: 1 },
    ]);
    assert.deepEqual(tally.hosts, [
      { outcome: 'repaired', count: 2 },
      { outcome: 'healthy', count: 6 },
      { outcome: 'unreachable', count: 1 },
    ]);
  });
});
