import assert from 'node:assert/strict';
import type { Schedule } from '../../src/model/schedule.ts';
import type { Pause } from '../../src/model/occurrence.ts';
import { decide } from '../../src/schedule/decide.ts';
import type { Decision, Situation, Verdict } from '../../src/schedule/decision.ts';
import { delayOf, graceOf } from '../../src/schedule/due.ts';
import { cronTiming } from './compare.ts';
import { sampleSchedule } from './sample-schedule.ts';

const at = (time: string): number => Date.parse(`2026-06-01T${time}Z`);
const key = (time: string): string => `2026-06-01T${time}:00Z`;

interface Given extends Partial<Omit<Situation, 'schedule' | 'mark'>> {
  readonly schedule?: Partial<Schedule>;
  readonly decidedUpTo?: string;
  readonly pause?: Pause;
  /** What the clock showed a minute before; absent: the process has just been started. */
  readonly before?: string;
}

/** At that time, of a schedule of each hour that was decided on up to 09:00. */
function decided(time: string, given: Given = {}): Verdict {
  const { schedule, decidedUpTo = '09:00', pause, before, ...rest } = given;
  const mark = { schedule: 'sample', decidedUpTo: at(decidedUpTo), ...(pause && { paused: pause }) };
  const situation = { schedule: sampleSchedule(schedule), mark, isFull: false, ...rest };
  const earlier = before === undefined ? undefined : { wall: at(before), monotonic: 0 };
  return decide(situation, { wall: at(time), monotonic: 60_000 }, earlier);
}

const decisions = (time: string, given?: Given): readonly Decision[] => decided(time, given).decisions;

const start = (time: string, wasQueued = false): Decision => ({ kind: 'start', key: key(time), wasQueued });
const queue = (time: string): Decision => ({ kind: 'queue', key: key(time) });
const missed = (time: string, count: number, since: string): Decision => ({
  kind: 'miss',
  key: key(time),
  count,
  since: key(since),
});
const skipped = (why: string, time: string, count = 1, since = time): Decision => ({
  kind: 'skip',
  why,
  key: key(time),
  count,
  since: key(since),
});
const replaced = (time: string): Decision => ({
  kind: 'drop',
  key: key(time),
  state: 'replaced',
  why: 'a newer one took its place in the queue',
});

describe('What becomes of an occurrence', () => {
  it('is nothing before its time, and to be started at it', () => {
    const early = decided('09:59:59.999');
    assert.deepEqual(early, { decisions: [], wakeAt: at('10:00') });
    const due = decided('10:00');
    assert.deepEqual(due, {
      decisions: [start('10:00')],
      mark: { upTo: at('10:00'), reset: false },
      wakeAt: at('11:00'),
    });
  });

  it('begins with the first look at its schedule', () => {
    const verdict = decide({ schedule: sampleSchedule(), isFull: false }, { wall: at('10:00'), monotonic: 0 });
    assert.deepEqual(verdict, { decisions: [], mark: { upTo: at('10:00'), reset: false }, wakeAt: at('11:00') });
  });

  it('is late by the delay of its schedule, the same each time', () => {
    const schedule = sampleSchedule({ name: 'apache-locks', jitterMs: 600_000 });
    const delay = delayOf(schedule);
    assert.ok(delay > 0 && delay < 600_000 && delay % 1000 === 0);
    const situation = { schedule, mark: { schedule: 'apache-locks', decidedUpTo: at('09:00') }, isFull: false };
    const early = decide(situation, { wall: at('10:00') + delay - 1, monotonic: 0 });
    assert.deepEqual(early, { decisions: [], wakeAt: at('10:00') + delay });
    const due = decide(situation, { wall: at('10:00') + delay, monotonic: 0 });
    assert.deepEqual(due.decisions, [start('10:00')]);
    const delays = new Set(Array.from({ length: 500 }, (_, index) => delayOf({ ...schedule, name: `s${index}` })));
    assert.ok(delays.size > 300, `500 schedules spread over ${delays.size} seconds`);
  });

  it('is caught up once within its grace, and the rest are missed', () => {
    assert.deepEqual(decisions('14:20'), [missed('13:00', 4, '10:00'), start('14:00')]);
    assert.deepEqual(decisions('14:31'), [missed('14:00', 5, '10:00')]);
    assert.deepEqual(decisions('14:31', { schedule: { graceMs: 31 * 60_000 } }), [
      missed('13:00', 4, '10:00'),
      start('14:00'),
    ]);
  });

  it('has a grace of half its interval, at least a minute, at most an hour', () => {
    const graceFor = (everyMs: number) => graceOf(sampleSchedule({ timing: { kind: 'every', everyMs } }), 0);
    assert.deepEqual([30_000, 120_000, 600_000, 86_400_000].map(graceFor), [60_000, 60_000, 300_000, 3_600_000]);
    const rare = sampleSchedule({ timing: cronTiming('0 0 29 2 *', 'UTC') });
    assert.equal(graceOf(rare, Date.parse('2028-02-29')), 3_600_000);
  });

  it('is skipped, queued or replaces what still runs', () => {
    const running = { interrupted: false };
    const still = 'the one before still runs';
    assert.deepEqual(decisions('10:00', { running }), [skipped(still, '10:00')]);
    assert.deepEqual(decisions('10:00', { running, schedule: { overlap: 'queue' } }), [queue('10:00')]);
    assert.deepEqual(decisions('10:00', { running, schedule: { overlap: 'replace' } }), [
      queue('10:00'),
      { kind: 'interrupt' },
    ]);
    const interrupted = { running: { interrupted: true }, schedule: { overlap: 'replace' } } as const;
    assert.deepEqual(decisions('10:00', interrupted), [queue('10:00')]);
  });

  it('waits in a queue of one, and is started when there is room', () => {
    const queued = { key: key('09:00'), takenOver: false };
    const schedule = { overlap: 'queue' } as const;
    const running = { interrupted: false };
    assert.deepEqual(decisions('09:50', { queued, schedule, running }), []);
    assert.deepEqual(decisions('09:50', { queued, schedule }), [start('09:00', true)]);
    assert.deepEqual(decisions('10:00', { queued, schedule, running }), [replaced('09:00'), queue('10:00')]);
    assert.deepEqual(decisions('10:00', { queued, schedule }), [replaced('09:00'), start('10:00')]);
  });

  it('waits for room for as long as its grace', () => {
    assert.deepEqual(decisions('10:00', { isFull: true }), [queue('10:00')]);
    const queued = { key: key('09:00'), takenOver: false };
    const waiting = decided('09:30', { isFull: true, queued });
    assert.deepEqual(waiting, { decisions: [], wakeAt: at('09:30') + 1 });
    const why = 'as many runs as there may be at once went on for all of its grace';
    assert.deepEqual(decisions('09:31', { isFull: true, queued }), [
      { kind: 'drop', key: key('09:00'), state: 'skipped', why },
    ]);
  });

  it('is missed when its process died while it was queued, and its grace is over', () => {
    const schedule = { overlap: 'queue' } as const;
    const queued = { key: key('09:00'), takenOver: true };
    assert.deepEqual(decisions('09:30', { schedule, queued }), [start('09:00', true)]);
    const [drop] = decisions('09:31', { schedule, queued });
    assert.ok(drop?.kind === 'drop' && drop.state === 'missed');
  });

  it('is skipped while its schedule is paused or all is frozen', () => {
    const pause = { by: 'ann', reason: 'a new disk', at: '2026-06-01T08:00:00Z' };
    assert.deepEqual(decisions('10:00', { pause }), [skipped('ann paused it: a new disk', '10:00')]);
    assert.deepEqual(decisions('10:00', { schedule: { paused: true } }), [
      skipped('it is paused in the configuration', '10:00'),
    ]);
    assert.deepEqual(decisions('12:40', { frozen: 'frozen by ann' }), [skipped('frozen by ann', '12:00', 3, '10:00')]);
    const queued = { key: key('09:00'), takenOver: false };
    const drop = { kind: 'drop', key: key('09:00'), state: 'skipped', why: 'frozen by ann' };
    assert.deepEqual(decisions('09:40', { frozen: 'frozen by ann', queued }), [drop]);
  });

  it('is started again from the end of a pause on', () => {
    const pause = { by: 'ann', reason: '', at: '2026-06-01T08:00:00Z', until: '2026-06-01T12:00:00Z' };
    assert.deepEqual(decisions('11:00', { pause }), [skipped('ann paused it', '11:00', 2, '10:00')]);
    assert.deepEqual(decisions('12:00', { pause }), [skipped('ann paused it', '11:00', 2, '10:00'), start('12:00')]);
    assert.deepEqual(decisions('14:00', { pause }), [
      skipped('ann paused it', '11:00', 2, '10:00'),
      missed('13:00', 2, '12:00'),
      start('14:00'),
    ]);
  });

  it('is caught up after a sleep of up to three hours', () => {
    assert.deepEqual(decisions('12:50', { before: '09:50' }), [missed('12:00', 3, '10:00')]);
    assert.deepEqual(decisions('12:10', { before: '09:50' }), [missed('11:00', 2, '10:00'), start('12:00')]);
  });

  it('is neither run nor missed when the clock is put forward by more, and one line says so', () => {
    const { decisions: made, mark, wakeAt } = decided('15:05', { before: '09:50' });
    const why = 'the clock was put forward by 5h14m';
    assert.deepEqual(made, [{ kind: 'correct', key: '2026-06-01T15:05:00Z/clock', why }]);
    assert.deepEqual([mark, wakeAt], [{ upTo: at('15:05'), reset: true }, at('16:00')]);
    // Another process has seen the same step before.
    assert.deepEqual(decisions('14:05', { before: '09:50', decidedUpTo: '13:30' }), [start('14:00')]);
  });

  it('is not run twice when the clock is put back, and goes on from the new time when that was by more than three hours', () => {
    assert.deepEqual(decided('06:05', { before: '09:04' }), { decisions: [], wakeAt: at('10:00') });
    const { decisions: made, mark, wakeAt } = decided('05:05', { before: '09:05' });
    assert.deepEqual(made, [
      { kind: 'correct', key: '2026-06-01T05:05:00Z/clock', why: 'the clock was put back by 4h1m' },
    ]);
    assert.deepEqual([mark, wakeAt], [{ upTo: at('05:05'), reset: true }, at('06:00')]);
  });

  it('goes on from the new time when the clock was put back while nothing ran', () => {
    const { decisions: made, mark } = decided('05:05');
    const why = 'the clock was put back: it was decided up to 3h55m from now';
    assert.deepEqual(made, [{ kind: 'correct', key: '2026-06-01T05:05:00Z/clock', why }]);
    assert.deepEqual(mark, { upTo: at('05:05'), reset: true });
    assert.deepEqual(decisions('06:05'), []);
  });
});
