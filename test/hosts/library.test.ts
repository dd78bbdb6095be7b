import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { openCases } from '../../src/app/cases/open-cases.ts';
import { baseImage } from '../fleet/base-image.ts';
import { fleetProblem } from '../fleet/requirements.ts';
import { settableClock } from '../fleet/settable-clock.ts';
import { pathsWithCases } from '../library/library.ts';
import { skip } from '../support/skip.ts';
import { LibraryOnHosts } from './library-cases.ts';

const AT_ONCE = 4;
/** Its faults set the clock of a host. */
const CLOCKS = 'clock-skew';
const problem = fleetProblem();

describe('The library on real hosts', function () {
  this.timeout(900_000);
  const paths = pathsWithCases();
  const library = new LibraryOnHosts(paths);

  let clockProblem: string | undefined;

  before(async function () {
    if (problem !== undefined) skip(this, problem);
    await baseImage();
    if ((await settableClock()) === '')
      clockProblem = 'this machine lacks a C compiler for a clock that a host can set';
    library.start(AT_ONCE);
  });

  after(() => {
    library.stop();
  });

  for (const path of paths) {
    const opened = openCases(path);
    for (const { name, summary } of opened.ok ? opened.value.value.cases : []) {
      const runbook = basename(path, '.yaml');
      it(`${runbook}, ${name}: ${summary}`, async function () {
        if (runbook === CLOCKS && clockProblem !== undefined) skip(this, clockProblem);
        const told = await library.told(path, name);
        assert.ok(told.startsWith('ok '), `\n${told}`);
      });
    }
  }
});
