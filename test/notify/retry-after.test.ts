import assert from 'node:assert/strict';
import { readRetryAfter } from '../../src/notify/retry-after.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const DAY_MS = 24 * 60 * 60_000;

describe('readRetryAfter', () => {
  const CASES: readonly (readonly [header: string | undefined, milliseconds: number | undefined])[] = [
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5000],
    ['9999999999', DAY_MS],
    ['99999999999999999999', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['0x10', undefined],
    ['soon', undefined],
    ['Mon, 23 Nov 2026 12:01:00 GMT', 60_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', DAY_MS],
    ['Mon, 99 Xyz 2026 12:01:00 GMT', undefined],
    ['2026-11-23T13:00:00Z', undefined],
  ];
  for (const [header, milliseconds] of CASES) {
    it(`takes ${header ?? 'nothing'} for ${milliseconds ?? 'nothing'}`, () => {
      assert.equal(readRetryAfter(header, NOW), milliseconds);
    });
  }
});
