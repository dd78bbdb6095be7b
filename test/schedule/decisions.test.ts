import assert from 'node:assert/strict';
import { occurrenceKey } from '../../src/model/occurrence-key.ts';
import type { Schedule } from '../../src/model/schedule.ts';
import { delayOf } from '../../src/schedule/due.ts';
import { Random } from '../support/random.ts';
import { cronTiming } from './compare.ts';
import { readJob, runCron } from './debian-cron.ts';
import { assertSound } from './decisions.ts';
import { expressions } from './expressions.ts';
import { sampleSchedule } from './sample-schedule.ts';
import { SimulatedServe } from './simulated-serve.ts';
import { WallClock } from './wall-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const every = (everyMs: number): Partial<Schedule> => ({ timing: { kind: 'every', everyMs } });

/** One schedule, of which each run takes a second. */
function serving(schedule: Partial<Schedule>, from = Date.UTC(2026, 5, 1, 12, 0, 30)): SimulatedServe {
  const serve = new SimulatedServe([sampleSchedule(schedule)], from, 4, () => 1000);
  serve.run(MINUTE);
  return serve;
}

describe('Decisions in simulated time', function () {
  this.timeout(60_000);

  for (const [zone, from, number] of [
    ['Europe/Berlin', Date.UTC(2026, 9, 22), 20],
    ['Australia/Lord_Howe', Date.UTC(2026, 9, 1), 5],
    ['America/New_York', Date.UTC(2027, 2, 11), 5],
  ] as const)
    it(`start a week of ${number} schedules when Debian's cron would, over a change of the clocks: ${zone}`, () => {
      const texts = expressions(60, new Random(from)).slice(-number);
      const schedules = texts.map((text, index) =>
        sampleSchedule({ name: `s${index}`, timing: cronTiming(text, zone), jitterMs: index % 2 === 0 ? 0 : 50_000 }),
      );
      const serve = new SimulatedServe(schedules, from, 20, () => 1000);
      serve.run(7 * DAY);
      const clock = new WallClock(zone);
      const span = { first: from / MINUTE + 1, last: (from + 7 * DAY) / MINUTE - 2 };
      const expected = runCron(texts.map(readJob), span, (minute) => clock.offsetAt(minute)).flatMap(
        (minutes, index) => {
          const delay = delayOf(schedules[index] ?? assert.fail());
          return minutes.map((minute) => `s${index} ${occurrenceKey(minute * MINUTE)} at ${minute * MINUTE + delay}`);
        },
      );
      const started = serve.starts
        .filter(({ key }) => Date.parse(key) <= span.last * MINUTE)
        .map(({ schedule, key, wall }) => `${schedule} ${key} at ${wall}`);
      assert.deepEqual(started.toSorted(), expected.toSorted());
    });

  it('start one and write one line after three days without the process', () => {
    const serve = serving(every(MINUTE));
    const before = serve.rows.size;
    serve.down(3 * DAY);
    serve.run(1000);
    assert.equal(serve.rows.size, before + 2);
    assert.deepEqual(
      [...serve.rows.values()].slice(-2).map(({ state, count }) => [state, count]),
      [
        ['missed', 3 * 1440 - 1],
        ['ended', 1],
      ],
    );
  });

  it('start nothing for a year that the clock jumps over, and go on', () => {
    const serve = serving(every(MINUTE));
    const before = serve.starts.length;
    serve.step(365 * DAY);
    serve.run(5 * MINUTE);
    assert.equal(serve.starts.length, before + 5);
    assert.equal([...serve.rows.values()].filter(({ state }) => state === 'skipped').length, 1);
  });

  it('start nothing again in an hour that the clock is put back', () => {
    const serve = serving(every(MINUTE));
    const before = serve.starts.length;
    serve.step(-HOUR);
    serve.run(HOUR);
    assert.equal(serve.starts.length, before);
    serve.run(10 * MINUTE);
    assert.equal(serve.starts.length, before + 10);
  });

  it('go on from the new time when the clock is put back by a day, and start nothing a second time', () => {
    const serve = serving(every(HOUR));
    serve.run(6 * HOUR);
    const before = serve.starts.length;
    serve.step(-DAY);
    serve.run(12 * HOUR);
    assert.equal(serve.starts.length, before + 12);
    serve.run(24 * HOUR);
    assertSound({ serve, schedules: [sampleSchedule(every(HOUR))] });
  });

  it('lose no occurrence and start none twice, wherever the process is killed', () => {
    for (let point = 0; point < 60; point += 1) {
      const schedules = [
        sampleSchedule({ name: 'a', ...every(MINUTE), overlap: 'replace' }),
        sampleSchedule({ name: 'b', ...every(90_000), overlap: 'queue' }),
      ];
      const serve = new SimulatedServe(schedules, Date.UTC(2026, 5, 1, 12, 0, 30), 2, () => 100_000);
      serve.killedIn = point;
      serve.run(15 * MINUTE);
      assert.equal(serve.kills, 1);
      assertSound({ serve, schedules });
    }
  });
});
