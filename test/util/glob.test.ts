import assert from 'node:assert/strict';
import fc from 'fast-check';
import { matchesGlob } from '../../src/util/glob.ts';

describe('matchesGlob', () => {
  it('agrees with a regular expression on every pattern', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    const globs = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 6 });
    fc.assert(
      fc.property(globs, letters, (glob, name) => {
        const source = glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        assert.equal(matchesGlob(glob, name), new RegExp(`^${source}$`).test(name));
      }),
    );
  });

  it('is not slowed down by many stars', () => {
    assert.equal(matchesGlob('*a'.repeat(200), 'a'.repeat(5000) + 'b'), false);
  });
});
