import assert from 'node:assert/strict';
import type { Timing } from '../../src/model/schedule.ts';
import { lastTime, nextTime, timesBetween } from '../../src/schedule/times.ts';
import { startCpuClock } from '../support/cpu-clock.ts';
import { inTime } from '../support/in-time.ts';
import { Random } from '../support/random.ts';
import { compareWithCron, cronTiming, jobsOf } from './compare.ts';
import { expressions } from './expressions.ts';
import { WallClock } from './wall-clock.ts';

const at = (text: string): number => Date.parse(text);

/** The next times after a moment of UTC. */
function next(cron: string, timezone: string, after: string, count = 1): string[] {
  const times: string[] = [];
  for (let from = at(after); times.length < count;) {
    from = nextTime(cronTiming(cron, timezone), from) ?? assert.fail('never');
    times.push(new Date(from).toISOString().slice(0, 16));
  }
  return times;
}

describe('The times of a schedule', function () {
  this.timeout(60_000);

  it('are those that clocks of its zone show', () => {
    assert.deepEqual(next('30 4 * * *', 'Asia/Kathmandu', '2026-06-01T00:00Z', 2), [
      '2026-06-01T22:45',
      '2026-06-02T22:45',
    ]);
    assert.deepEqual(next('0 0 29 2 *', 'UTC', '2026-06-01T00:00Z', 2), ['2028-02-29T00:00', '2032-02-29T00:00']);
    assert.deepEqual(next('0 0 13 * 5', 'UTC', '2026-02-01T00:00Z', 3), [
      '2026-02-06T00:00',
      '2026-02-13T00:00',
      '2026-02-20T00:00',
    ]);
  });

  it('come after the moment, also when it is one of them', () => {
    assert.deepEqual(next('*/5 * * * *', 'UTC', '2026-01-01T00:05Z'), ['2026-01-01T00:10']);
    assert.deepEqual(next('*/5 * * * *', 'UTC', '2026-01-01T00:04:59.999Z'), ['2026-01-01T00:05']);
  });

  it('are due right after the gap, once, when clocks are put forward over them', () => {
    assert.deepEqual(next('30 2 * * *', 'America/New_York', '2026-03-08T00:00Z', 2), [
      '2026-03-08T07:00',
      '2026-03-09T06:30',
    ]);
    assert.deepEqual(next('0,30 2,3 * * *', 'America/New_York', '2026-03-08T00:00Z', 2), [
      '2026-03-08T07:00',
      '2026-03-08T07:30',
    ]);
    assert.deepEqual(next('*/30 2 * * *', 'America/New_York', '2026-03-08T00:00Z'), ['2026-03-09T06:00']);
    assert.deepEqual(next('*/30 * * * *', 'America/New_York', '2026-03-08T06:15Z', 2), [
      '2026-03-08T06:30',
      '2026-03-08T07:00',
    ]);
  });

  it('are due only the first time when clocks show them twice, unless they have a star', () => {
    const before = '2026-11-01T05:15Z';
    assert.deepEqual(next('30 1 * * *', 'America/New_York', before, 2), ['2026-11-01T05:30', '2026-11-02T06:30']);
    assert.deepEqual(next('30 1 * * *', 'America/New_York', '2026-11-01T06:10Z'), ['2026-11-02T06:30']);
    assert.deepEqual(next('30 * * * *', 'America/New_York', before, 2), ['2026-11-01T05:30', '2026-11-01T06:30']);
  });

  it('know changes of half an hour, at midnight, and of a zone that moves past UTC at once', () => {
    assert.deepEqual(next('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00Z'), ['2026-10-03T15:30']);
    assert.deepEqual(next('30 0 * * *', 'Asia/Beirut', '2026-03-28T12:00Z'), ['2026-03-28T22:00']);
    // At midnight of UTC as well.
    assert.deepEqual(next('30 0 * * *', 'Africa/Casablanca', '2011-04-02T12:00Z'), ['2011-04-03T00:00']);
    assert.deepEqual(next('30 0 * * *', 'America/Havana', '2026-11-01T04:00Z', 2), [
      '2026-11-01T04:30',
      '2026-11-02T05:30',
    ]);
    assert.deepEqual(next('30 23 * * 6', 'America/Scoresbysund', '2027-03-27T12:00Z'), ['2027-03-28T01:00']);
  });

  it('are left out and come again when a country changes its zone by three hours or more', () => {
    // There was no 30th of December 2011 in Apia.
    assert.deepEqual(next('0 12 * * *', 'Pacific/Apia', '2011-12-29T00:00Z', 2), [
      '2011-12-29T22:00',
      '2011-12-30T22:00',
    ]);
    assert.deepEqual(next('0 12 30 * *', 'Pacific/Apia', '2011-12-01T00:00Z'), ['2012-01-29T22:00']);
    // Casey went from +11 to +8 at 02:00 on 2010-03-05, and shows 23:30 twice.
    assert.deepEqual(next('30 23 * * *', 'Antarctica/Casey', '2010-03-04T00:00Z', 2), [
      '2010-03-04T12:30',
      '2010-03-04T15:30',
    ]);
  });

  it('do not exist where each of them falls into the gap', () => {
    // The 31st of March is never a Sunday but the last one of March.
    assert.equal(nextTime(cronTiming('*/5 2 31 3 */7', 'Europe/Berlin'), at('2026-01-01')), undefined);
  });

  it('are multiples since 1970 with every', () => {
    const every: Timing = { kind: 'every', everyMs: 420_000 };
    assert.deepEqual([...timesBetween(every, 420_000, 1_300_000)], [840_000, 1_260_000]);
    assert.equal(nextTime(every, 840_000), 1_260_000);
    assert.equal(nextTime(every, 839_999), 840_000);
    assert.equal(lastTime(every, 0, 1_259_999), 840_000);
    assert.equal(lastTime(every, 840_000, 1_259_999), undefined);
  });

  it('end with the last one up to a moment', () => {
    const leap = cronTiming('0 0 29 2 *', 'UTC');
    assert.equal(lastTime(leap, at('2020-01-01'), at('2027-01-01')), at('2024-02-29'));
    assert.equal(lastTime(leap, at('2024-02-29'), at('2027-01-01')), undefined);
    assert.equal(lastTime(cronTiming('* * * * *', 'UTC'), 0, at('2026-01-01T00:00:30Z')), at('2026-01-01T00:00Z'));
  });

  it('are found in less than a millisecond', () => {
    for (const text of ['* * * * *', '*/5 * * * *', '30 2 * * *', '0 0 29 2 *', '0 0 1 1 *'])
      for (const timezone of ['Europe/Berlin', 'Australia/Lord_Howe', 'UTC']) {
        const timing = cronTiming(text, timezone);
        nextTime(timing, at('2028-03-01'));
        const spent = startCpuClock();
        // Some of these days have a change of the clocks.
        for (let round = 1; round <= 100; round += 1) nextTime(timing, at('2028-03-20') + round * 9_999_983);
        assert.ok(spent() / 100 < inTime(1), `${text} in ${timezone}: ${spent() / 100} ms`);
      }
  });

  for (const timezone of [
    'Europe/Berlin',
    'Australia/Lord_Howe',
    'Africa/Cairo',
    'America/Scoresbysund',
    'Antarctica/Troll',
  ])
    it(`are those of Debian's cron around each change of the clocks: ${timezone}`, () => {
      const spans = new WallClock(timezone).changes(2024, 2037);
      const { times } = compareWithCron(jobsOf(expressions(60, new Random(7))), timezone, spans.slice(-6));
      assert.ok(times > 1000);
    });
});
