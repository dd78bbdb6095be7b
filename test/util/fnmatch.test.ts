import assert from 'node:assert/strict';
import { fnmatch } from '../../src/util/fnmatch.ts';

describe('fnmatch', () => {
  const cases: readonly (readonly [glob: string, matching: string, other: string])[] = [
    ['web01', 'web01', 'web011'],
    ['w*', 'web', 'aw'],
    ['*b*1', 'web01', 'web02'],
    ['w?b', 'web', 'wb'],
    ['web[12]', 'web2', 'web3'],
    ['web[0-3a]', 'weba', 'web4'],
    ['web[!0-3]', 'web4', 'web0'],
    ['web[!]]', 'web1', 'web]'],
    ['web[]1]', 'web]', 'web2'],
    ['web[3-1]', 'never', 'web2'],
    ['web[1-]', 'web-', 'web2'],
    ['web[-1]', 'web-', 'web2'],
    ['web[a-c-e]', 'web-', 'webd'],
    ['web[^a]', 'web^', 'webb'],
    ['web[1', 'web[1', 'web1'],
    ['web\\d', 'web\\d', 'web1'],
    ['web.1', 'web.1', 'webx1'],
    ['*[!a-z]', 'web1', 'web'],
  ];
  for (const [glob, matching, other] of cases) {
    it(`takes ${matching} and not ${other} for ${glob}`, () => {
      if (matching !== 'never') assert.equal(fnmatch(glob)(matching), true);
      assert.equal(fnmatch(glob)(other), false);
    });
  }

  it('is fast where a backtracking expression is not', () => {
    assert.equal(fnmatch('*a'.repeat(200))('a'.repeat(5000) + 'b'), false);
  });
});
