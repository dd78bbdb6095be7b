import assert from 'node:assert/strict';
import { shorten } from '../../src/util/shorten.ts';

describe('shorten', () => {
  it('leaves what is short as it is, and says where something is missing', () => {
    assert.equal(shorten('abcde', 5), 'abcde');
    assert.equal(shorten('abcdef', 5), 'abcd…');
  });

  it('cuts no character in two', () => {
    assert.equal(shorten('😀😀😀', 4), '😀…');
    assert.equal(shorten('😀😀😀', 5), '😀😀…');
  });
});
