import { assertSound, isCorrection, simulate } from '../../schedule/decisions.ts';
import type { Experiment } from '../experiment.ts';

/** In each round some days of some schedules in simulated time, in the middle of which the process and its clock have accidents. */
export const experiment: Experiment = {
  promise: 'each time of a schedule is started at most once, is not lost, and is one of what the record counts',
  rounds: { inTests: 12, long: 1000 },
  onHosts: false,
  prepare: () =>
    Promise.resolve({
      round: (random) => {
        const simulated = simulate(random, random.between(1, 24));
        assertSound(simulated);
        const { serve } = simulated;
        const corrections = [...serve.rows.values()].filter(isCorrection).length;
        return Promise.resolve({ kills: serve.kills, starts: serve.starts.length, corrections });
      },
      end: () => {},
    }),
};
