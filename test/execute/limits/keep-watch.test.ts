import assert from 'node:assert/strict';
import { KeepWatch } from '../../../src/execute/limits/keep-watch.ts';

const KEEP = { group: 'web', healthy: 1 };
const MEMBERS = new Set(['a', 'b', 'c']);

describe('what keep watches', () => {
  it('waits until another host of the group is healthy', () => {
    const watch = new KeepWatch(KEEP, MEMBERS, []);
    assert.equal(watch.mayStart('a'), false);
    for (const [outcome, frees] of [
      ['rolled-back', false],
      ['not-applicable', false],
      ['repaired', true],
    ] as const) {
      watch.noteEnd('b', outcome);
      assert.equal(watch.mayStart('a'), frees, outcome);
    }
  });

  it('does not count the host itself, hosts of other groups, and those that are acted on', () => {
    const watch = new KeepWatch(KEEP, MEMBERS, ['a', 'db']);
    assert.equal(watch.mayStart('a'), false);
    assert.equal(watch.mayStart('b'), true);
    watch.noteStart('a');
    assert.equal(watch.mayStart('b'), false);
    watch.noteEnd('a', 'healthy');
    assert.equal(watch.mayStart('b'), true);
  });

  it('is nothing to hosts outside the group, and to runbooks without keep', () => {
    assert.equal(new KeepWatch(KEEP, MEMBERS, []).mayStart('db'), true);
    assert.equal(new KeepWatch(undefined, new Set(), []).mayStart('a'), true);
  });
});
