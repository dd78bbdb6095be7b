import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkSqliteStore } from '../../src/stores/sqlite-check.ts';
import { open } from '../chaos/sample-store.ts';
import { processOf, START } from '../conformance/schedule-store.ts';
import { Random } from '../support/random.ts';

const PROGRAM = join(import.meta.dirname, 'take-until-killed.ts');
const ROUNDS = 3;

describe('schedules of a process that is killed', function () {
  this.timeout(60_000);

  for (let round = 1; round <= ROUNDS; round += 1)
    it(`have what it said, and the mark stands where the rows end (${round})`, async () => {
      const directory = mkdtempSync(join(tmpdir(), 'runbook-killed-'));
      try {
        const said = await takeUntil(directory, new Random(round).between(1, 40));
        const store = open(directory);
        const { schedules } = store;
        const decided = ((schedules.mark('locks')?.decidedUpTo ?? 0) - START) / 60_000;
        assert.ok(decided === said || decided === said + 1, `${decided} after ${said}`);
        const rows = schedules.occurrences({ schedule: 'locks', limit: 1000 });
        const counted = rows.reduce((sum, { count = 1 }) => sum + count, 0);
        assert.equal(counted, decided);
        for (const { record } of schedules.open()) {
          assert.equal(schedules.takeOver(record, processOf(1), processOf(2)), true);
          assert.equal(schedules.settle(record, processOf(2), { state: 'ended', exitCode: 0 }), true);
        }
        await store.close();
        const checked = checkSqliteStore(directory);
        assert.deepEqual(checked.ok && checked.value?.flaws, []);
      } finally {
        rmSync(directory, { recursive: true });
      }
    });
});

/** Kills it once it has said so many; the last that it said. */
async function takeUntil(directory: string, minutes: number): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let last = 0;
  for await (const line of createInterface(child.stdout)) {
    last = Number(line);
    if (last === minutes) child.kill('SIGKILL');
  }
  await ended;
  return last;
}
