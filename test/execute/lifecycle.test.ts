import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { LIFECYCLE, nextOf, type Stage } from '../../src/execute/lifecycle.ts';
import { OUTCOMES } from '../../src/model/result.ts';

const rows = Object.entries(LIFECYCLE).flatMap(([stage, ends]) =>
  Object.entries(ends).map(([end, next]: [string, string]) => ({ stage, end, next })),
);

describe('the life of a host', () => {
  it('is what docs/host-lifecycle.md says: every row is there, and no other', async () => {
    const page = await readFile(new URL('../../docs/host-lifecycle.md', import.meta.url), 'utf8');
    const written = [...page.matchAll(/^\| `([a-z-]+)` +\| `([a-z-]+)` +\| `([a-z-]+)` +\|/gm)];
    assert.deepEqual(
      written.map(([, stage, end, next]) => ({ stage, end, next })),
      rows,
    );
  });

  it('ends every stage in a stage or an outcome, and comes to an end from every stage', () => {
    for (const { stage } of rows) {
      const seen = new Set<string>();
      const open = [stage];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (seen.has(next)) continue;
        seen.add(next);
        if (next in LIFECYCLE) open.push(...Object.values<string>(LIFECYCLE[next as Stage]));
        else assert.ok(OUTCOMES.some((outcome) => outcome === next));
      }
      assert.ok([...seen].some((name) => !(name in LIFECYCLE)));
    }
  });

  it('never goes back from the rollback to a fix, and never fixes without a re-test before', () => {
    const targets = (stage: Stage): readonly string[] => Object.values(LIFECYCLE[stage]);
    assert.ok(targets('rollback').every((next) => !(next in LIFECYCLE)));
    const before = rows.filter(({ next }) => next === 'fix').map(({ stage }) => stage);
    assert.deepEqual(before, ['retest']);
  });

  it('calls a host repaired only after the last diagnosis', () => {
    const before = rows.filter(({ next }) => next === 'repaired');
    assert.deepEqual(before, [{ stage: 'proof', end: 'gone', next: 'repaired' }]);
  });

  it('tells stages and outcomes apart', () => {
    assert.deepEqual(nextOf('lock', 'taken'), { stage: 'retest' });
    assert.deepEqual(nextOf('proof', 'gone'), { outcome: 'repaired' });
  });
});
