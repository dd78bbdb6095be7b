import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createRunId } from '../../src/app/run-id.ts';

const TIME = fc.integer({ min: 0, max: 2 ** 47 });

describe('createRunId', () => {
  it('gives 26 characters that are safe in a path, the first a digit', () => {
    fc.assert(
      fc.property(TIME, (now) => {
        assert.match(createRunId(now, randomBytes), /^[0-7][0-9a-hjkmnp-tv-z]{25}$/);
      }),
    );
  });

  it('sorts by time', () => {
    fc.assert(
      fc.property(TIME, TIME, (a, b) => {
        fc.pre(a < b);
        assert.ok(createRunId(a, () => new Uint8Array(16).fill(255)) < createRunId(b, () => new Uint8Array(16)));
      }),
    );
  });

  it('differs within one millisecond', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => createRunId(1_800_000_000_000, randomBytes)));
    assert.equal(ids.size, 1000);
  });
});
