import { findExperiments } from './find-experiments.ts';
import { testExperiments } from './tests-of.ts';

const experiments = [...(await findExperiments())].filter(([, { onHosts }]) => !onHosts);

describe('whatever goes wrong on this machine', () => {
  testExperiments(experiments);
});
