import assert from 'node:assert/strict';
import { startLightHost } from '../../fleet/host.ts';
import { CountedRun } from '../counted-run.ts';
import type { Experiment } from '../experiment.ts';
import { newestRun } from '../run-record.ts';

const COURSES = ['repaired', 'rolled-back'] as const;
/** On a quiet machine. */
const LIVES_FOR_MS = 2500;
const MOST_FILES = 3;

/** From a moment of chance on the real program can open no more files (EMFILE), to its end; then another one goes on with the run. */
export const experiment: Experiment = {
  promise:
    'a controller that can open no more files comes to an end, and no step runs twice, is lost or counts as done',
  rounds: { inTests: 1, long: 200 },
  onHosts: true,
  lanes: 2,
  prepare: async () => {
    const host = await startLightHost({ name: `files${Math.random().toString(36).slice(2, 8)}` });
    return {
      round: async (random) => {
        const run = new CountedRun([host], random.pick(COURSES));
        await run.makeSick();
        const { code, err } = await run.begin({
          scarceMs: random.below(LIVES_FOR_MS),
          files: random.below(MOST_FILES),
        });
        assert.notEqual(code, null, `it did not come to an end: ${err}\nin ${run.place.directory}`);
        const before = await newestRun(run.place);
        const record = await run.bringToItsEnd();
        // A host that was not got through to any more is an end too, and all that may have happened to it is nothing.
        run.judgeRecord(record);
        await run.judgeUnresumed(record, host);
        run.remove();
        return { [before?.finished === true ? 'ended by itself' : 'resumed']: 1, [`exit code ${code}`]: 1 };
      },
      end: () => host.stop(),
    };
  },
};
