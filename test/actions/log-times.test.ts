import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readLogTime, readOffset, type LogClock } from '../../src/actions/support/log-times.ts';

const NOW = Date.UTC(2026, 10, 23, 0, 10, 0) / 1000;
const UTC: LogClock = { zone: [{ from: 0, offset: 0 }], now: NOW, boot: NOW - 3600 };

const iso = (line: string, clock = UTC): string | undefined => {
  const time = readLogTime(line, clock);
  return time === undefined ? undefined : new Date(time.seconds * 1000).toISOString();
};

describe('times of log lines', () => {
  const samples: readonly [string, string, string][] = [
    ['Apache 2.4', '[Sun Nov 22 23:45:09.123456 2026] [core:emerg] x', '2026-11-22T23:45:09.123Z'],
    ['Apache 2.2', '[Sun Nov  1 23:45:09 2026] [emerg] (28)x', '2026-11-01T23:45:09.000Z'],
    ['the journal', '2026-11-23T00:07:29.924720+0000 web01 x', '2026-11-23T00:07:29.924Z'],
    ['ISO 8601 with a zone', '2026-11-23T02:07:29+02:00 x', '2026-11-23T00:07:29.000Z'],
    ['ISO 8601 with a space and a comma', '2026-11-23 00:07:29,5 x', '2026-11-23T00:07:29.500Z'],
    ['ISO 8601 in UTC', '[2026-11-23T00:07:29Z] x', '2026-11-23T00:07:29.000Z'],
    ['nginx', '2026/11/23 00:06:00 [error] x', '2026-11-23T00:06:00.000Z'],
    ['syslog', 'Nov 23 00:04:00 h app: x', '2026-11-23T00:04:00.000Z'],
    ['syslog with a priority', '<30>Nov  2 00:04:00 h app: x', '2026-11-02T00:04:00.000Z'],
    ['syslog of last year', 'Dec 31 23:59:59 h app: x', '2025-12-31T23:59:59.000Z'],
    ['syslog on a clock that is a little ahead', 'Nov 23 00:11:00 h app: x', '2026-11-23T00:11:00.000Z'],
    ['an access log', '1.2.3.4 - - [23/Nov/2026:01:05:00 +0100] "GET /"', '2026-11-23T00:05:00.000Z'],
    ['the kernel', '[ 1800.250000] Out of memory', '2026-11-22T23:40:00.250Z'],
  ];
  for (const [kind, line, expected] of samples) it(`are read from ${kind}`, () => assert.equal(iso(line), expected));

  it('are absent where a line has none', () => {
    for (const line of ['', '   continuation', 'AH00016: Configuration Failed', 'Nov 23', '2026', '[core:emerg]'])
      assert.equal(readLogTime(line, UTC), undefined, line);
  });

  it('without a zone are local, with the offset of that time of the year', () => {
    const clock = {
      ...UTC,
      zone: [
        { from: NOW - 86_400 * 60, offset: 7200 },
        { from: Date.UTC(2026, 9, 25, 1) / 1000, offset: 3600 },
      ],
    };
    assert.equal(iso('[Sun Oct 25 01:30:00 2026] x', clock), '2026-10-24T23:30:00.000Z');
    assert.equal(iso('[Sun Oct 25 03:30:00 2026] x', clock), '2026-10-25T02:30:00.000Z');
  });

  it('say whether they are finer than a second', () => {
    assert.equal(readLogTime('2026-11-23T00:07:29Z', UTC)?.fine, false);
    assert.equal(readLogTime('2026-11-23T00:07:29.0Z', UTC)?.fine, true);
  });

  it('in the form of the journal come back as they were, in any zone', () => {
    const offset = fc.integer({ min: -14 * 4, max: 14 * 4 }).map((quarters) => quarters * 900);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), offset, (seconds, shift) => {
        const naive = new Date((seconds + shift) * 1000).toISOString().slice(0, 19);
        assert.equal(readLogTime(`${naive}${zoneText(shift)} host x`, UTC)?.seconds, seconds);
      }),
    );
  });

  it('never throw, whatever the line', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => void readLogTime(line, UTC)));
  });
});

function zoneText(offset: number): string {
  const minutes = Math.abs(offset) / 60;
  const digits = `${String(Math.floor(minutes / 60)).padStart(2, '0')}${String(minutes % 60).padStart(2, '0')}`;
  const text = `${offset < 0 ? '-' : '+'}${digits}`;
  assert.equal(readOffset(text), offset);
  return text;
}
