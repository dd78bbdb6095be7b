import assert from 'node:assert/strict';
import { judge, type Afterwards } from '../../scripts/demo/story.ts';

const INCIDENT = {
  leaked: [4, 6],
  foreign: [
    { id: 0, why: 'keyed' },
    { id: 1, why: 'live' },
  ],
};
const REPAIRED = { exitCode: 0, outcome: 'repaired' };
const HEALTHY = { exitCode: 0, outcome: 'healthy' };
const APACHES_OWN = 14;
const up = (...sets: readonly number[]): Afterwards => ({ sets, ports: [80, 8080] });

const failing = (...args: Parameters<typeof judge>): readonly string[] =>
  judge(...args).flatMap(({ isTrue, text }) => (isTrue ? [] : [text]));

describe('what the demo demands', () => {
  it('is met when the leaked sets are gone, those of others are there, and the runs ended repaired and healthy', () => {
    assert.deepEqual(failing(INCIDENT, up(0, 1, APACHES_OWN), REPAIRED, HEALTHY), []);
  });

  it('is not met while a leaked set is there', () => {
    assert.deepEqual(failing(INCIDENT, up(0, 1, 6), REPAIRED, HEALTHY), ['1 of 2 leaked sets are gone']);
  });

  it('is not met when a set of others is gone', () => {
    assert.deepEqual(failing(INCIDENT, up(1), REPAIRED, HEALTHY), ['1 of 2 sets of others are still there']);
  });

  it('is not met when nothing leaked, or no set of others was there: then nothing was shown', () => {
    assert.equal(failing({ leaked: [], foreign: [] }, up(), REPAIRED, HEALTHY).length, 2);
  });

  it('is not met while Apache does not answer on each of its ports', () => {
    const after = { sets: [0, 1], ports: [80] };
    assert.deepEqual(failing(INCIDENT, after, REPAIRED, HEALTHY), ['Apache answers on: 80']);
  });

  it('is not met by any other outcome, or by an exit code that disagrees with it', () => {
    assert.equal(failing(INCIDENT, up(0, 1), HEALTHY, HEALTHY).length, 1);
    assert.equal(failing(INCIDENT, up(0, 1), REPAIRED, REPAIRED).length, 1);
    assert.equal(failing(INCIDENT, up(0, 1), { ...REPAIRED, exitCode: 2 }, { exitCode: 0, outcome: '' }).length, 2);
  });
});
