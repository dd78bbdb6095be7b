import assert from 'node:assert/strict';
import { clockChanges, clockFace } from '../../src/schedule/clock-face.ts';
import { upcoming } from '../../src/schedule/upcoming.ts';
import { cronTiming } from './compare.ts';

const HOUR = 3_600_000;
const BERLIN = 'Europe/Berlin';
const SPRING = Date.parse('2026-03-28T20:00:00Z');
const AUTUMN = Date.parse('2026-10-24T20:00:00Z');

describe('The times to come of a schedule', () => {
  const shown = (text: string, after: number, count: number, timezone = BERLIN): readonly string[] =>
    upcoming(cronTiming(text, timezone), after, count).map(({ time, changes }) =>
      [
        clockFace(time, timezone),
        ...changes.map(({ effect, times, by }) => `${effect} ${times} by ${by / HOUR}h`),
      ].join(', '),
    );

  it('are as many as are asked for, or as there are', () => {
    assert.equal(upcoming({ kind: 'every', everyMs: 30_000 }, 0, 3).length, 3);
    assert.deepEqual(upcoming(cronTiming('*/5 2 31 3 */7', BERLIN), SPRING, 3), []);
  });

  it('say which of them stand for times that clocks leave out', () => {
    assert.deepEqual(shown('0,30 2 * * *', SPRING, 3), [
      '2026-03-29 03:00:00 +02:00, made-good 2 by 1h',
      '2026-03-30 02:00:00 +02:00',
      '2026-03-30 02:30:00 +02:00',
    ]);
    assert.deepEqual(shown('*/30 * * * *', Date.parse('2026-03-29T00:15:00Z'), 3), [
      '2026-03-29 01:30:00 +01:00',
      '2026-03-29 03:00:00 +02:00, left-out 2 by 1h',
      '2026-03-29 03:30:00 +02:00',
    ]);
    assert.deepEqual(shown('0 4 * * *', SPRING, 1), ['2026-03-29 04:00:00 +02:00']);
  });

  it('say which of them clocks show twice, and whether they come twice', () => {
    assert.deepEqual(shown('30 2 * * *', AUTUMN, 2), [
      '2026-10-25 02:30:00 +02:00',
      '2026-10-26 02:30:00 +01:00, once 1 by 1h',
    ]);
    assert.deepEqual(shown('*/30 2 * * *', AUTUMN, 5), [
      '2026-10-25 02:00:00 +02:00',
      '2026-10-25 02:30:00 +02:00',
      '2026-10-25 02:00:00 +01:00, twice 2 by 1h',
      '2026-10-25 02:30:00 +01:00',
      '2026-10-26 02:00:00 +01:00',
    ]);
  });

  it('are left out, and not made good, where a country changes its zone by a day', () => {
    assert.deepEqual(shown('30 2 * * *', Date.parse('2011-12-29T15:00:00Z'), 1, 'Pacific/Apia'), [
      '2011-12-31 02:30:00 +14:00, left-out 1 by 24h',
    ]);
  });
});

describe('What clocks show', () => {
  it('is told with its offset, also of half an hour, and west of Greenwich', () => {
    const noon = Date.parse('2026-11-23T12:00:00Z');
    assert.equal(clockFace(noon, 'UTC'), '2026-11-23 12:00:00 +00:00');
    assert.equal(clockFace(noon, 'Asia/Kolkata'), '2026-11-23 17:30:00 +05:30');
    assert.equal(clockFace(noon, 'America/St_Johns'), '2026-11-23 08:30:00 -03:30');
  });

  it('changes at moments that are found, from one on and up to another', () => {
    const change = Date.parse('2026-03-29T01:00:00Z');
    const found = (after: number, upTo: number) => clockChanges(BERLIN, after, upTo).map(({ from }) => from);
    assert.deepEqual(found(change - 1, change), [change]);
    assert.deepEqual(found(change, change + HOUR), []);
    assert.deepEqual(found(change - 2, change - 1), []);
    assert.deepEqual(found(SPRING, AUTUMN + 24 * HOUR), [change, Date.parse('2026-10-25T01:00:00Z')]);
  });
});
