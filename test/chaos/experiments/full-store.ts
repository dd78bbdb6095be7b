import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Experiment } from '../experiment.ts';
import { open } from '../sample-store.ts';
import { judgeStored, runInto } from '../stored-run.ts';

const SIZE = '12m';
const BLOCK = Buffer.alloc(4096, 'x');

/** The disk of the store is full from the n-th event on, for every n, while steps are running on three hosts. */
export const experiment: Experiment = {
  promise: 'on a full disk nothing starts, and how the running steps ended is kept',
  rounds: { inTests: 100, long: 1000 },
  onHosts: true,
  prepare: async () => {
    const disk = mkdtempSync(join(tmpdir(), 'runbook-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'tmpfs', disk]);
    const unfilled = await onDisk(disk, undefined);
    assert.equal(unfilled.end, 'finished');
    return {
      round: async (_random, round) => {
        const { end, started } = await onDisk(disk, ((round - 1) % unfilled.events) + 1);
        return { [end]: 1, 'changes sent': started };
      },
      end: () => {
        execFileSync('umount', [disk]);
        rmdirSync(disk);
      },
    };
  },
};

async function onDisk(disk: string, fullFrom: number | undefined) {
  const [directory, filler] = [join(disk, 'state'), join(disk, 'filler')];
  mkdirSync(directory, { mode: 0o700 });
  const store = open(directory);
  let events = 0;
  const run = await runInto(store, (event) => {
    events += 1;
    if (event.seq === fullFrom) fill(filler);
  });
  await store.close();
  rmSync(filler, { force: true });
  const again = open(directory);
  judgeStored(again, run, { ends: true });
  await again.close();
  rmSync(directory, { recursive: true });
  return { end: run.end, events, started: Object.values(run.changes).flat().length };
}

/** Until nothing more goes onto the disk. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w');
  try {
    for (;;) writeSync(descriptor, BLOCK);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(descriptor);
  }
}
