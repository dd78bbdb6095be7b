import { prepareCuts } from '../cut-network.ts';
import type { Experiment } from '../experiment.ts';

export const experiment: Experiment = {
  promise: 'the same through the program ssh of this machine',
  rounds: { inTests: 1, long: 100 },
  onHosts: true,
  lanes: 4,
  prepare: () => prepareCuts('openssh'),
};
