import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Occurrence } from '../../src/model/occurrence.ts';
import { open } from '../chaos/sample-store.ts';
import { DEAD, LEFT, SCHEDULES, TIMES } from './taken-at-once.ts';

const PROGRAM = join(import.meta.dirname, 'take-each.ts');

describe('occurrences that two processes take at once', function () {
  this.timeout(120_000);

  it('are had by one of them each, as are those that a dead one left', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'runbook-taken-'));
    const store = open(directory);
    const children: readonly ChildProcess[] = [1, 2].map(() => fork(PROGRAM, [directory]));
    try {
      for (const each of LEFT) store.schedules.take({ ...each, state: 'running', process: DEAD, decidedAt: each.key });
      await Promise.all(children.map((child) => once(child, 'message')));
      const [first = [], second = []] = await Promise.all(children.map(takeEach));
      assert.ok(first.length > 0 && second.length > 0, `${first.length} and ${second.length}`);
      const all = new Set([...first, ...second].map(nameOf));
      assert.equal(first.length + second.length, SCHEDULES.length * TIMES.length + LEFT.length);
      assert.equal(all.size, first.length + second.length, 'one was had twice');
      const holders = new Map(store.schedules.open().map(({ record }) => [nameOf(record), record.process?.pid]));
      assert.deepEqual(
        [first, second].map((had) => [...new Set(had.map((each) => holders.get(nameOf(each))))]),
        children.map(({ pid }) => [pid]),
      );
    } finally {
      for (const child of children) child.kill('SIGKILL');
      await store.close();
      rmSync(directory, { recursive: true });
    }
  });
});

async function takeEach(child: ChildProcess): Promise<readonly Occurrence[]> {
  const told = once(child, 'message');
  child.send('go');
  const [got] = (await told) as [readonly Occurrence[]];
  return got;
}

const nameOf = ({ schedule, key }: Occurrence): string => `${schedule} ${key}`;
