import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { startLightHost } from '../../fleet/host.ts';
import { CountedRun } from '../counted-run.ts';
import type { Experiment } from '../experiment.ts';
import { FarController } from '../far-controller.ts';
import { newestRun } from '../run-record.ts';

const COURSES = ['repaired', 'rolled-back'] as const;
/** On a quiet machine. */
const ACTS_FOR_MS = 800;
const ENDS_WITHIN_MS = 90_000;
const LOCKED = /another program keeps the store locked/;

/**
 * A controller stands still in the middle of a run, as a laptop that sleeps. Somebody says that it is dead and goes on from another
 * machine. Then it wakes. Where it stands still in the middle of a write, nobody else can write: that is said, and when it wakes it is
 * the one that goes on.
 */
export const experiment: Experiment = {
  promise: 'a controller that was taken over while it stood still changes nothing more',
  rounds: { inTests: 1, long: 100 },
  onHosts: true,
  lanes: 2,
  prepare: async () => {
    const host = await startLightHost({ name: `over${Math.random().toString(36).slice(2, 8)}` });
    return {
      round: async (random) => {
        const run = new CountedRun([host], random.pick(COURSES));
        await run.makeSick();
        const first = new FarController(run.place, run.beginning);
        try {
          await Promise.race([first.acts, first.ended]);
          await pause(random.below(ACTS_FOR_MS));
          const isStopped = first.signal('SIGSTOP');
          const before = await newestRun(run.place);
          if (!isStopped || before?.approved !== true || before.finished) {
            first.signal('SIGCONT');
            await endOf(first);
            run.remove();
            return { 'not in the middle': 1 };
          }
          const { err, code } = await run.resume(before, undefined, '--taken-over');
          if (code === 1 && LOCKED.test(err)) {
            first.signal('SIGCONT');
            await endOf(first);
            await run.judge(await run.bringToItsEnd());
            run.remove();
            return { 'store locked': 1 };
          }
          const after = await newestRun(run.place);
          assert.ok(after?.finished === true, `exit ${code}: ${err}`);
          run.judgeDeeds(after);
          first.signal('SIGCONT');
          const woken = await endOf(first);
          assert.notEqual(woken, 0, 'the one that woke says that all is well');
          const last = await newestRun(run.place);
          assert.deepEqual(last?.events, after.events, 'it has written on');
          await run.judge(last);
          run.remove();
          return { 'taken over': 1 };
        } finally {
          first.signal('SIGKILL');
        }
      },
      end: () => host.stop(),
    };
  },
};

async function endOf(controller: FarController): Promise<number | null> {
  const limit = pause(ENDS_WITHIN_MS, 'late' as const, { ref: false });
  const ended = await Promise.race([controller.ended, limit]);
  if (ended === 'late') throw new Error(`it has not ended within ${ENDS_WITHIN_MS / 1000} s of waking`);
  return ended;
}
