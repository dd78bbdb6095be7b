import { prepareCuts } from '../cut-network.ts';
import type { Experiment } from '../experiment.ts';

export const experiment: Experiment = {
  promise: 'no step runs twice, is lost or counts as done when the network is cut, and the run goes on',
  rounds: { inTests: 2, long: 300 },
  onHosts: true,
  lanes: 4,
  prepare: () => prepareCuts('ssh'),
};
