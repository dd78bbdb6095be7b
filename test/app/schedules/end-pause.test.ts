import assert from 'node:assert/strict';
import { endPause } from '../../../src/app/schedules/end-pause.ts';
import type { Pause } from '../../../src/model/occurrence.ts';
import { decide } from '../../../src/schedule/decide.ts';
import { sampleSchedule } from '../../schedule/sample-schedule.ts';
import { MemoryScheduleStore } from '../../support/memory-schedule-store.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-23T10:00:00Z');
const SCHEDULE = sampleSchedule({ name: 'minutely', timing: { kind: 'every', everyMs: MINUTE } });

describe('The end of a pause', () => {
  let store: MemoryScheduleStore;
  beforeEach(() => {
    store = new MemoryScheduleStore();
    store.decideUpTo('minutely', START);
  });

  const at = (minutes: number) => ({ wall: START + minutes * MINUTE, monotonic: minutes * MINUTE });
  const paused = (more: Partial<Pause> = {}): Pause => {
    const pause = { by: 'anna@ops', reason: 'racks', at: new Date(START).toISOString(), ...more };
    store.pause('minutely', pause);
    return pause;
  };
  const rows = () =>
    store
      .occurrences({ limit: 10 })
      .map(({ key, state, count = 1, since, note }) => [state, count, since, key, note].join(' '));
  const decisions = (minutes: number) => {
    const mark = store.mark('minutely') ?? assert.fail();
    return decide({ schedule: SCHEDULE, mark, isFull: false }, at(minutes)).decisions;
  };

  it('skips what was due meanwhile, of which nothing is missed or caught up with then', () => {
    const pause = paused();
    assert.deepEqual(endPause(SCHEDULE, store, at(5.5)), pause);
    assert.deepEqual(rows(), ['skipped 5 2026-11-23T10:01:00Z 2026-11-23T10:05:00Z anna@ops paused it: racks']);
    assert.equal(store.mark('minutely')?.paused, undefined);
    assert.deepEqual(decisions(5.9), []);
    assert.deepEqual(decisions(6), [{ kind: 'start', key: '2026-11-23T10:06:00Z', wasQueued: false }]);
  });

  it('leaves what was due after it ended by itself', () => {
    paused({ until: new Date(START + 2.5 * MINUTE).toISOString() });
    endPause(SCHEDULE, store, at(3.2));
    assert.deepEqual(rows(), ['skipped 2 2026-11-23T10:01:00Z 2026-11-23T10:02:00Z anna@ops paused it: racks']);
    assert.deepEqual(decisions(3.2), [{ kind: 'start', key: '2026-11-23T10:03:00Z', wasQueued: false }]);
  });

  it('writes nothing where a serve has decided already, or nothing was due', () => {
    paused();
    store.decideUpTo('minutely', START + 5 * MINUTE);
    endPause(SCHEDULE, store, at(5.5));
    assert.deepEqual(rows(), []);
  });

  it('is none where there is no pause', () => {
    assert.equal(endPause(SCHEDULE, store, at(5.5)), undefined);
    assert.equal(endPause({ ...SCHEDULE, name: 'never seen' }, store, at(5.5)), undefined);
    assert.deepEqual(rows(), []);
  });
});
