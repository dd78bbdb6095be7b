import assert from 'node:assert/strict';
import { startLightHost } from '../../fleet/host.ts';
import { CountedRun } from '../counted-run.ts';
import type { Experiment } from '../experiment.ts';
import { FarController } from '../far-controller.ts';
import { newestRun } from '../run-record.ts';

const COURSES = ['repaired', 'rolled-back'] as const;
/** On a quiet machine. */
const ACTS_FOR_MS = 800;

/** A controller is killed in the middle of a run, and two others go on with it at once; one of them, in half of the rounds, from elsewhere. */
export const experiment: Experiment = {
  promise: 'two controllers that resume the same run at once run no step twice, and lose none',
  rounds: { inTests: 1, long: 200 },
  onHosts: true,
  lanes: 2,
  prepare: async () => {
    const host = await startLightHost({ name: `twice${Math.random().toString(36).slice(2, 8)}` });
    return {
      round: async (random) => {
        const run = new CountedRun([host], random.pick(COURSES));
        await run.makeSick();
        await run.begin({ actingMs: random.below(ACTS_FOR_MS) });
        const before = await newestRun(run.place);
        const isFar = random.chance(50);
        if (before?.approved !== true || before.finished) {
          await run.judge(await run.bringToItsEnd());
          run.remove();
          return { 'not in the middle': 1 };
        }
        const codes = await Promise.all([
          run.resume(before).then(({ code }) => code),
          isFar
            ? new FarController(run.place, ['resume', before.runId, '--json', '--taken-over']).ended
            : run.resume(before).then(({ code }) => code),
        ]);
        const record = await run.bringToItsEnd();
        const story = `exit codes ${codes.join(' and ')}\n${run.story(record)}`;
        assert.ok(!codes.includes(null), story);
        await run.judge(record);
        const resumes = record.events.filter(({ type }) => type === 'run-resumed').length;
        run.remove();
        return { 'resumed at once': 1, 'one from elsewhere': isFar ? 1 : 0, resumes };
      },
      end: () => host.stop(),
    };
  },
};
