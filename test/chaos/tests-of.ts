import assert from 'node:assert/strict';
import type { Experiment } from './experiment.ts';
import { runExperiment } from './run-experiment.ts';

/** The same in each test run. */
const SEED = 1;
const LIMIT_MS = 180_000;

/** A few rounds of each experiment, as tests of the suite around the call. */
export function testExperiments(experiments: Iterable<readonly [string, Experiment]>): void {
  for (const [name, experiment] of experiments)
    it(`${name}: ${experiment.promise}`, async () => {
      const { failures } = await runExperiment(experiment, { seed: SEED, rounds: experiment.rounds.inTests });
      assert.deepEqual(failures, []);
    }).timeout(LIMIT_MS);
}
