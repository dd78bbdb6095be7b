import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Experiment } from '../experiment.ts';
import { open } from '../sample-store.ts';
import { judgeStored, type StoredRun } from '../stored-run.ts';

const PROCESS = join(import.meta.dirname, '..', 'stored-run-process.ts');
const MOST_CALLS = 40;
const LIMIT_MS = 60_000;

const FAULTS = [
  { calls: 'pwrite64', error: 'ENOSPC' },
  { calls: 'pwrite64', error: 'EDQUOT' },
  { calls: 'pwrite64', error: 'EIO' },
  { calls: 'pwrite64', error: 'EROFS' },
  { calls: 'fsync,fdatasync', error: 'EIO' },
  { calls: 'fsync,fdatasync', error: 'ENOSPC' },
  { calls: 'pread64', error: 'EIO' },
  { calls: 'ftruncate', error: 'EIO' },
] as const;

/** The n-th system call of one kind on the store's files fails, once or from then on, while three hosts are repaired. */
export const experiment: Experiment = {
  promise: 'whichever call to the disk fails, no change is sent without a kept intent, and the store is whole after',
  rounds: { inTests: 4, long: 400 },
  onHosts: true,
  prepare: () => {
    const place = mkdtempSync(join(tmpdir(), 'runbook-disk-'));
    return Promise.resolve({
      round: async (random, round) => {
        const { calls, error } = random.pick(FAULTS);
        const when = `${random.between(1, MOST_CALLS)}${random.pick(['', '+'])}`;
        const { end, changes } = await runWith(place, `${calls}:error=${error}:when=${when}`, round);
        return { [end]: 1, [`${error} of ${calls}`]: 1, 'changes sent': Object.values(changes).flat().length };
      },
      end: () => rmSync(place, { recursive: true }),
    });
  },
};

async function runWith(place: string, fault: string, round: number): Promise<StoredRun> {
  const [directory, out] = [join(place, `state${round}`), join(place, `out${round}`)];
  await open(directory).close();
  const [calls] = fault.split(':');
  const files = ['', '-wal', '-shm'].flatMap((end) => ['-P', join(directory, `runbook.db${end}`)]);
  const traced = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${fault}`, ...files];
  const { status, stderr } = spawnSync('strace', [...traced, process.execPath, PROCESS, directory, out], {
    timeout: LIMIT_MS,
  });
  assert.equal(status, 0, `with ${fault}: ${String(stderr)}`);
  const run = JSON.parse(readFileSync(out, 'utf8')) as StoredRun;
  const store = open(directory);
  const failedOnce = run.end === 'full' && !fault.endsWith('+');
  judgeStored(store, run, { ends: run.end === 'finished' || failedOnce });
  await store.close();
  rmSync(directory, { recursive: true });
  return run;
}
