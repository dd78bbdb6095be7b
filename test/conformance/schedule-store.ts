import assert from 'node:assert/strict';
import type { ProcessId } from '../../src/model/event.ts';
import { MOST_NOT_BEGUN, type OccurrenceRecord, type ScheduleStore } from '../../src/model/occurrence.ts';
import { occurrenceKey } from '../../src/model/occurrence-key.ts';

export const START = Date.parse('2026-03-01T00:00:00Z');
const MINUTE = 60_000;

/** The n-th minute. */
const key = (minute: number): string => occurrenceKey(START + minute * MINUTE);

export const processOf = (pid: number): ProcessId => ({ machine: 'ctl', pid, startTime: '77', bootId: 'b1' });
const US = processOf(1);
const OTHERS = processOf(2);

/** A row in the hands of the first process. */
export const running = (minute: number, more: Partial<OccurrenceRecord> = {}): OccurrenceRecord => ({
  schedule: 'locks',
  key: key(minute),
  state: 'running',
  runId: `0run${minute}`,
  process: US,
  decidedAt: key(minute),
  ...more,
});

export const notBegun = (
  minute: number,
  state: 'skipped' | 'missed' = 'skipped',
  more: Partial<OccurrenceRecord> = {},
): OccurrenceRecord => ({ schedule: 'locks', key: key(minute), state, decidedAt: key(minute), ...more });

/** The promises of `ScheduleStore`. `make`: an empty one; called again in one test, what another process has of it. */
export function describeScheduleStore(make: () => ScheduleStore): void {
  let store: ScheduleStore;
  beforeEach(() => {
    store = make();
  });
  const rows = (limit = 100): readonly OccurrenceRecord[] => store.occurrences({ schedule: 'locks', limit });

  describe('an occurrence', () => {
    it('is taken once, also by another process', () => {
      assert.equal(store.take(running(1)), true);
      assert.equal(store.take(running(1)), false);
      assert.equal(make().take(running(1, { process: OTHERS, runId: 'other' })), false);
      assert.deepEqual(rows(), [running(1)]);
    });

    it('is that of its schedule: one of the same time of another is another', () => {
      assert.equal(store.take(running(1)), true);
      assert.equal(store.take(running(1, { schedule: 'disks' })), true);
      assert.equal(store.occurrences({ limit: 10 }).length, 2);
      assert.equal(rows().length, 1);
    });

    it('moves the mark up to its time, and is not to be had when the mark is there without it', () => {
      assert.equal(store.take(running(5)), true);
      assert.deepEqual(store.mark('locks'), { schedule: 'locks', decidedUpTo: START + 5 * MINUTE });
      for (const minute of [3, 5]) assert.equal(store.take(running(minute)), false);
      store.decideUpTo('locks', START + 7 * MINUTE);
      assert.equal(store.take(running(7)), false);
      assert.equal(store.take(running(8)), true);
      assert.deepEqual(
        rows().map((row) => row.key),
        [key(8), key(5)],
      );
    });

    it('that a person starts, as the line of a correction, moves no mark and is there beside a time', () => {
      store.decideUpTo('locks', START + 9 * MINUTE);
      assert.equal(store.take(running(3, { key: `${key(3)}/0manual` })), true);
      assert.equal(store.take(running(3, { key: `${key(3)}/0manual` })), false);
      assert.equal(store.take(notBegun(20, 'skipped', { key: `${key(20)}/clock` })), true);
      assert.equal(store.mark('locks')?.decidedUpTo, START + 9 * MINUTE);
    });

    it('goes from the queue to running, and from both to an end that stays', () => {
      store.take(running(1, { state: 'queued' }));
      const settle = (state: 'running' | 'ended' | 'skipped') => store.settle(running(1), US, { state });
      assert.equal(settle('running'), true);
      assert.deepEqual(rows(), [running(1)]);
      assert.equal(settle('running'), false);
      const end = { state: 'ended', endedAt: key(2), exitCode: 2 } as const;
      assert.equal(store.settle(running(1), US, end), true);
      const { process: _, ...ended } = { ...running(1), ...end };
      assert.deepEqual(rows(), [ended]);
      for (const state of ['running', 'ended', 'skipped'] as const) assert.equal(settle(state), false);
      assert.deepEqual(rows(), [ended]);
    });

    it('is moved only by the process that has it', () => {
      store.take(running(1));
      assert.equal(store.settle(running(1), OTHERS, { state: 'ended', exitCode: 0 }), false);
      assert.equal(store.settle(running(2), US, { state: 'ended', exitCode: 0 }), false);
      assert.deepEqual(rows(), [running(1)]);
    });

    it('is taken over from one process by one other', () => {
      store.take(running(1));
      const third = processOf(3);
      assert.equal(store.takeOver(running(1), OTHERS, third), false);
      assert.equal(store.takeOver(running(1), { ...US, startTime: '78' }, third), false);
      assert.equal(store.takeOver(running(1), US, OTHERS), true);
      assert.equal(make().takeOver(running(1), US, third), false);
      assert.deepEqual(rows(), [running(1, { process: OTHERS })]);
      assert.equal(store.settle(running(1), US, { state: 'ended', exitCode: 0 }), false);
      assert.equal(store.settle(running(1), OTHERS, { state: 'failed', note: 'no inventory' }), true);
      assert.equal(store.takeOver(running(1), OTHERS, US), false);
    });

    it('is known by its process whatever the order of the fields', () => {
      store.take(running(1));
      const { machine, pid, startTime, bootId } = US;
      assert.equal(store.takeOver(running(1), { bootId, startTime, pid, machine }, OTHERS), true);
    });
  });

  describe('what is told of occurrences', () => {
    it('comes newest first, of one schedule or of all, of some states, and no more than asked for', () => {
      store.take(running(1));
      store.settle(running(1), US, { state: 'ended', exitCode: 0 });
      store.take(running(2, { schedule: 'disks' }));
      store.take(running(3, { state: 'queued' }));
      const told = (query: Parameters<ScheduleStore['occurrences']>[0]) =>
        store.occurrences(query).map((row) => `${row.schedule} ${row.state}`);
      assert.deepEqual(told({ limit: 10 }), ['locks queued', 'disks running', 'locks ended']);
      assert.deepEqual(told({ limit: 1 }), ['locks queued']);
      assert.deepEqual(told({ schedule: 'locks', limit: 10 }), ['locks queued', 'locks ended']);
      assert.deepEqual(told({ states: ['running', 'queued'], limit: 10 }), ['locks queued', 'disks running']);
      assert.deepEqual(told({ schedule: 'locks', states: ['ended', 'running'], limit: 10 }), ['locks ended']);
      assert.deepEqual(told({ schedule: 'none', limit: 10 }), []);
    });

    it('names what is open, of all processes, oldest first', () => {
      store.take(running(1));
      store.take(running(2, { schedule: 'disks', process: OTHERS, state: 'queued' }));
      store.take(running(3));
      store.settle(running(1), US, { state: 'ended', exitCode: 0 });
      assert.deepEqual(store.open(), [
        { record: running(2, { schedule: 'disks', process: OTHERS, state: 'queued' }) },
        { record: running(3) },
      ]);
    });

    it('has all that was given of one that failed at once', () => {
      const failed = { schedule: 'locks', key: key(1), state: 'failed', runId: '0r', decidedAt: key(1) } as const;
      const more = { endedAt: key(2), exitCode: 78, note: 'the inventory is gone' };
      store.take({ ...failed, ...more });
      assert.deepEqual(rows(), [{ ...failed, ...more }]);
    });
  });

  describe('times that are not begun', () => {
    it('are one row while they follow each other for the same reason', () => {
      for (let minute = 1; minute <= 50; minute += 1) store.take(notBegun(minute, 'skipped', { note: 'paused' }));
      const folded = notBegun(50, 'skipped', { note: 'paused', count: 50, since: key(1) });
      assert.deepEqual(rows(), [folded]);
      for (const minute of [1, 30, 50]) assert.equal(store.take(running(minute)), false);
    });

    it('add up where a row stands for several', () => {
      store.take(notBegun(10, 'missed', { count: 10, since: key(1) }));
      store.take(notBegun(15, 'missed', { count: 5, since: key(11) }));
      assert.deepEqual(rows(), [notBegun(15, 'missed', { count: 15, since: key(1) })]);
    });

    it('stay apart for another reason, another state, another schedule, and with one that was begun between them', () => {
      store.take(notBegun(1, 'skipped', { note: 'paused' }));
      store.take(notBegun(2, 'skipped', { note: 'a freeze' }));
      store.take(notBegun(3, 'missed'));
      store.take(notBegun(4, 'missed', { schedule: 'disks' }));
      store.take(running(5));
      store.take(notBegun(6, 'missed'));
      store.take(notBegun(7, 'missed'));
      assert.equal(rows().length, 5);
      assert.deepEqual(rows()[0], notBegun(7, 'missed', { count: 2, since: key(6) }));
    });

    it('are one row, too, where they waited and were replaced', () => {
      for (let minute = 1; minute <= 5; minute += 1) {
        if (minute > 1) {
          const dropped = { state: 'replaced', endedAt: key(minute), note: 'a newer one' } as const;
          assert.equal(store.settle(running(minute - 1), US, dropped), true);
        }
        store.take(running(minute, { state: 'queued' }));
      }
      const [waiting, replaced, ...more] = rows();
      assert.equal(waiting?.state, 'queued');
      assert.deepEqual([replaced?.key, replaced?.count, replaced?.since], [key(4), 4, key(1)]);
      assert.deepEqual(more, []);
    });

    it('do not take in the line of a correction', () => {
      store.take(notBegun(1));
      store.take(notBegun(2, 'skipped', { key: `${key(2)}/clock` }));
      store.take(notBegun(3));
      assert.equal(rows().length, 3);
    });

    it('are forgotten, the oldest first, when there are very many rows; what was begun is not', () => {
      store.take(running(0));
      const more = 5;
      for (let minute = 1; minute <= MOST_NOT_BEGUN + more; minute += 1)
        store.take(notBegun(minute, 'skipped', { note: `reason ${minute % 2}` }));
      const kept = rows(Infinity);
      assert.equal(kept.length, MOST_NOT_BEGUN + 1);
      assert.deepEqual(kept.at(-1), running(0));
      assert.equal(kept.at(-2)?.key, key(more + 1));
      assert.equal(store.take(running(1)), false);
    }).timeout(60_000);
  });

  describe('a mark', () => {
    it('is not there before something was decided, and moves forward only', () => {
      assert.equal(store.mark('locks'), undefined);
      store.decideUpTo('locks', START + MINUTE);
      store.decideUpTo('locks', START);
      assert.deepEqual(store.mark('locks'), { schedule: 'locks', decidedUpTo: START + MINUTE });
    });

    it('moves back when the clock was corrected; what was taken stays taken', () => {
      store.take(running(5));
      store.decideUpTo('locks', START, 'reset');
      assert.equal(store.mark('locks')?.decidedUpTo, START);
      assert.equal(store.take(running(5)), false);
      assert.equal(store.take(running(4)), true);
    });

    it('keeps a pause until it is lifted, whatever is decided meanwhile', () => {
      const paused = { by: 'ann', reason: 'INC-7', at: key(1), until: key(90) };
      store.take(running(1));
      store.pause('locks', paused);
      store.take(notBegun(2));
      store.decideUpTo('locks', START + 3 * MINUTE);
      assert.deepEqual(store.mark('locks'), { schedule: 'locks', decidedUpTo: START + 3 * MINUTE, paused });
      store.pause('locks', { ...paused, reason: 'still' });
      assert.equal(store.mark('locks')?.paused?.reason, 'still');
      store.pause('locks', undefined);
      assert.deepEqual(store.mark('locks'), { schedule: 'locks', decidedUpTo: START + 3 * MINUTE });
    });

    it('begins with a pause that comes first, and with none that is lifted', () => {
      store.pause('locks', undefined);
      assert.equal(store.mark('locks'), undefined);
      const paused = { by: 'ann', reason: '', at: key(1) };
      store.pause('locks', paused);
      assert.deepEqual(store.mark('locks'), { schedule: 'locks', decidedUpTo: START + MINUTE, paused });
    });
  });
}
