import assert from 'node:assert/strict';
import type { TimeWindow } from '../../src/model/policy.ts';
import { isWithin, windowText } from '../../src/plan/time-window.ts';

const [SUN, MON, TUE, FRI, SAT] = [0, 1, 2, 5, 6];

function window(from: string, to: string, timezone: string, ...days: readonly number[]): TimeWindow {
  const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return { from: minutes(from), to: minutes(to), timezone, ...(days.length > 0 && { days }) };
}

const at = (within: TimeWindow, ...times: readonly string[]): readonly boolean[] =>
  times.map((time) => isWithin(within, Date.parse(time)));

describe('a window of time', () => {
  it('begins with its first minute, and ends before its last', () => {
    const morning = window('09:00', '12:30', 'UTC');
    const times = ['2026-03-02T08:59:59.999Z', '2026-03-02T09:00:00Z', '2026-03-02T12:29:59Z', '2026-03-02T12:30:00Z'];
    assert.deepEqual(at(morning, ...times), [false, true, true, false]);
  });

  it('goes past midnight when its end is not after its beginning, and its day is that on which it begins', () => {
    // The 6th of March 2026 is a Friday.
    const night = window('22:00', '06:00', 'UTC', FRI);
    const times = [
      ['2026-03-06T05:00Z', false],
      ['2026-03-06T21:59Z', false],
      ['2026-03-06T22:00Z', true],
      ['2026-03-07T00:00Z', true],
      ['2026-03-07T05:59Z', true],
      ['2026-03-07T06:00Z', false],
      ['2026-03-07T22:00Z', false],
    ] as const;
    assert.deepEqual(
      at(night, ...times.map(([time]) => time)),
      times.map(([, isIn]) => isIn),
    );
    assert.deepEqual(at(window('22:00', '06:00', 'UTC', SAT), '2026-03-08T05:59Z', '2026-03-08T06:00Z'), [true, false]);
    assert.deepEqual(at(window('22:00', '06:00', 'UTC', SUN), '2026-03-08T05:59Z', '2026-03-09T05:59Z'), [false, true]);
  });

  it('that ends when it begins is a whole day from there', () => {
    const day = window('18:00', '18:00', 'UTC', MON);
    const times = ['2026-03-02T17:59Z', '2026-03-02T18:00Z', '2026-03-03T17:59Z', '2026-03-03T18:00Z'];
    assert.deepEqual(at(day, ...times), [false, true, true, false]);
    const tuesday = window('00:00', '00:00', 'UTC', TUE);
    assert.deepEqual(at(tuesday, '2026-03-02T23:59Z', '2026-03-03T00:00Z', '2026-03-03T23:59Z'), [false, true, true]);
  });

  it('is one of the clocks of its zone, and of the days there', () => {
    const evening = window('20:00', '21:00', 'America/New_York', MON);
    assert.deepEqual(at(evening, '2026-01-06T00:59Z', '2026-01-06T01:00Z', '2026-01-06T02:00Z'), [false, true, false]);
    const kathmandu = window('09:45', '10:00', 'Asia/Kathmandu');
    assert.deepEqual(at(kathmandu, '2026-01-06T03:59Z', '2026-01-06T04:00Z', '2026-01-06T04:15Z'), [
      false,
      true,
      false,
    ]);
  });

  it('lasts as long as the clocks show it when they are put forward', () => {
    // Berlin, 2026-03-29: 02:00 is 03:00.
    const night = window('01:30', '03:30', 'Europe/Berlin', SUN);
    const times = [
      '2026-03-29T00:29Z',
      '2026-03-29T00:30Z',
      '2026-03-29T01:00Z',
      '2026-03-29T01:29Z',
      '2026-03-29T01:30Z',
    ];
    assert.deepEqual(at(night, ...times), [false, true, true, true, false]);
    const leftOut = window('02:00', '03:00', 'Europe/Berlin', SUN);
    assert.deepEqual(at(leftOut, '2026-03-29T00:59Z', '2026-03-29T01:00Z', '2026-03-29T01:59Z'), [false, false, false]);
  });

  it('comes twice when the clocks are put back over it', () => {
    // Berlin, 2026-10-25: 03:00 is 02:00.
    const twice = window('02:15', '02:45', 'Europe/Berlin');
    const times = ['00:14', '00:15', '00:44', '00:45', '01:14', '01:15', '01:44', '01:45'];
    assert.deepEqual(at(twice, ...times.map((time) => `2026-10-25T${time}Z`)), [
      false,
      true,
      true,
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it('stays the same window of the wall in winter and in summer', () => {
    const office = window('09:00', '17:00', 'Europe/Berlin');
    assert.deepEqual(at(office, '2026-01-15T07:59Z', '2026-01-15T08:00Z', '2026-01-15T16:00Z'), [false, true, false]);
    assert.deepEqual(at(office, '2026-07-15T06:59Z', '2026-07-15T07:00Z', '2026-07-15T15:00Z'), [false, true, false]);
  });

  it('is told in words', () => {
    assert.equal(windowText(window('22:00', '06:05', 'Europe/Berlin')), 'from 22:00 to 06:05 (Europe/Berlin)');
    assert.equal(windowText(window('00:00', '09:00', 'UTC', MON, FRI)), 'from 00:00 to 09:00 on mon, fri (UTC)');
  });
});
