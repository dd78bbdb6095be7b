import assert from 'node:assert/strict';
import { startLightHost } from '../../fleet/host.ts';
import type { Death } from '../controller.ts';
import { CountedRun } from '../counted-run.ts';
import type { Experiment } from '../experiment.ts';
import { newestRun } from '../run-record.ts';

/** Of so many controllers that go on with a run, of 100, one is killed too. */
const AGAIN_PERCENT = 40;
const MOST_KILLS = 4;

/** SIGKILL of the real program at a moment of chance, then `runbook resume` until the run has its end. */
export const experiment: Experiment = {
  promise: 'no step runs twice or is lost when the controller is killed',
  rounds: { inTests: 5, long: 1000 },
  onHosts: true,
  lanes: 2,
  prepare: async () => {
    const host = await startLightHost({ name: `kill${Math.random().toString(36).slice(2, 8)}` });
    const uncutMs = { repaired: 0, 'rolled-back': 0 };
    for (const course of ['repaired', 'rolled-back'] as const) {
      const run = new CountedRun(host, course);
      await run.makeSick();
      const begun = performance.now();
      const { err } = await run.begin();
      uncutMs[course] = performance.now() - begun;
      const record = await newestRun(run.place);
      assert.ok(record !== undefined, err);
      await run.judge(record);
      run.remove();
    }
    return {
      round: async (random) => {
        const run = new CountedRun(host, random.pick(['repaired', 'rolled-back'] as const));
        const death = (): Death => ({ afterMs: random.below(uncutMs[run.course]) });
        let kills = 1;
        await run.makeSick();
        await run.begin(death());
        const record = await run.bringToItsEnd(() => {
          if (kills >= MOST_KILLS || !random.chance(AGAIN_PERCENT)) return undefined;
          kills += 1;
          return death();
        });
        await run.judge(record);
        const resumes = record.events.filter(({ type }) => type === 'run-resumed').length;
        run.remove();
        return { kills, resumes };
      },
      end: () => host.stop(),
    };
  },
};
