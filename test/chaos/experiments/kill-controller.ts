import assert from 'node:assert/strict';
import { startLightHost } from '../../fleet/host.ts';
import type { Death } from '../controller.ts';
import { CountedRun } from '../counted-run.ts';
import type { Experiment } from '../experiment.ts';
import { newestRun, type RunRecord } from '../run-record.ts';

/** Of so many controllers that go on with a run, of 100, one is killed too. */
const AGAIN_PERCENT = 40;
const MOST_KILLS = 4;
/** Of so many, of 100, it has begun to act: most of its life it starts and surveys. */
const ACTING_PERCENT = 75;
const COURSES = ['repaired', 'rolled-back'] as const;

/** SIGKILL of the real program at a moment of chance, then `runbook resume` until the run has its end. */
export const experiment: Experiment = {
  promise: 'no step runs twice or is lost when the controller is killed',
  rounds: { inTests: 2, long: 1000 },
  onHosts: true,
  lanes: 2,
  prepare: async () => {
    const host = await startLightHost({ name: `kill${Math.random().toString(36).slice(2, 8)}` });
    const lives = { repaired: { wholeMs: 0, actingMs: 0 }, 'rolled-back': { wholeMs: 0, actingMs: 0 } };
    for (const course of COURSES) {
      const run = new CountedRun([host], course);
      await run.makeSick();
      const begun = performance.now();
      const { err } = await run.begin();
      const wholeMs = performance.now() - begun;
      const record = await newestRun(run.place);
      assert.ok(record !== undefined, err);
      await run.judge(record);
      lives[course] = { wholeMs, actingMs: actingMsOf(record) };
      run.remove();
    }
    return {
      round: async (random) => {
        const run = new CountedRun([host], random.pick(COURSES));
        const { wholeMs, actingMs } = lives[run.course];
        const death = (): Death =>
          random.chance(ACTING_PERCENT) ? { actingMs: random.below(actingMs) } : { afterMs: random.below(wholeMs) };
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

function actingMsOf({ events }: RunRecord): number {
  const approved = events.find(({ type }) => type === 'approved');
  const last = events.at(-1);
  return Date.parse(last?.at ?? '') - Date.parse(approved?.at ?? '');
}
