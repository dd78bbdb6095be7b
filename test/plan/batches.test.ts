import assert from 'node:assert/strict';
import type { Share } from '../../src/model/runbook.ts';
import { batchesOf } from '../../src/plan/batches.ts';
import { roundedDown } from '../../src/plan/share.ts';

const hosts = (number: number): Share => ({ kind: 'hosts', hosts: number });
const percent = (number: number): Share => ({ kind: 'percent', percent: number });
const names = (number: number): readonly string[] => Array.from({ length: number }, (_, index) => `h${index}`);
const sizes = (shares: readonly Share[], of: number): readonly number[] =>
  batchesOf(shares, names(of)).map(({ length }) => length);

describe('the batches of a plan', () => {
  const DEFAULT = [hosts(1), percent(25), percent(100)];

  it('are shares of all hosts that are acted on, rounded up, in their order', () => {
    assert.deepEqual(sizes(DEFAULT, 12), [1, 3, 8]);
    assert.deepEqual(sizes(DEFAULT, 10), [1, 3, 6]);
    assert.deepEqual(sizes(DEFAULT, 2), [1, 1]);
    assert.deepEqual(sizes(DEFAULT, 1), [1]);
    assert.deepEqual(sizes([percent(10), percent(90)], 3), [1, 2]);
    assert.deepEqual(batchesOf(DEFAULT, names(3)), [['h0'], ['h1'], ['h2']]);
  });

  it('repeat the last share until every host has its batch', () => {
    assert.deepEqual(sizes([hosts(1), hosts(2)], 6), [1, 2, 2, 1]);
    assert.deepEqual(sizes([percent(30)], 10), [3, 3, 3, 1]);
  });

  it('are none when there is nothing to act on', () => {
    assert.deepEqual(sizes(DEFAULT, 0), []);
  });
});

describe('a share of the targeted hosts', () => {
  it('is rounded down, but a percent never under the least; a number is meant as it is written', () => {
    assert.equal(roundedDown(percent(25), 11, 1), 2);
    assert.equal(roundedDown(percent(10), 5, 1), 1);
    assert.equal(roundedDown(percent(25), 8, 3), 3);
    assert.equal(roundedDown(hosts(1), 100, 3), 1);
    assert.equal(roundedDown(percent(29), 100, 1), 29);
  });
});
