import { findExperiments } from '../chaos/find-experiments.ts';
import { testExperiments } from '../chaos/tests-of.ts';
import { baseImage } from '../fleet/base-image.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { skip } from '../support/skip.ts';

const BUILDING_MS = 900_000;
const problem = fleetProblem();
const experiments = [...(await findExperiments())].filter(([, { onHosts }]) => onHosts);

describe('whatever goes wrong between this machine and a host', () => {
  before(async function () {
    this.timeout(BUILDING_MS);
    if (problem !== undefined) skip(this, problem);
    await baseImage();
  });

  testExperiments(experiments);
});
