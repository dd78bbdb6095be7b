import assert from 'node:assert/strict';
import type { Experiment } from './experiment.ts';
import { runExperiment } from './run-experiment.ts';

describe('an experiment', () => {
  const experimentOf = (round: (number: number, chance: number) => void, cases?: number): Experiment => ({
    promise: 'all is well',
    rounds: { inTests: 1, long: 1 },
    onHosts: false,
    prepare: () =>
      Promise.resolve({
        ...(cases !== undefined && { cases }),
        round: (random, number) => {
          round(number, random.below(1_000_000));
          return Promise.resolve({ tries: 2 });
        },
        end: () => {},
      }),
  });

  it('goes on after a round that failed, and tells which it was', async () => {
    const experiment = experimentOf((round) => assert.notEqual(round, 2, 'two'));
    const { rounds, failures, figures } = await runExperiment(experiment, { seed: 1, rounds: 3 });
    assert.deepEqual([rounds, failures.map(({ round }) => round), figures.get('tries')], [3, [2], 4]);
    assert.match(failures[0]?.message ?? '', /two/);
  });

  it('has the same chances in a round that is repeated alone, and others with another seed', async () => {
    const chances: number[] = [];
    const experiment = experimentOf((round, chance) => round === 3 && chances.push(chance));
    await runExperiment(experiment, { seed: 7, rounds: 4, lanes: 2 });
    await runExperiment(experiment, { seed: 7, rounds: 4, round: 3 });
    await runExperiment(experiment, { seed: 8, rounds: 4 });
    assert.equal(chances[0], chances[1]);
    assert.notEqual(chances[0], chances[2]);
  });

  it('goes through all of its cases once, or through some of all parts of them', async () => {
    const tried = async (rounds: number): Promise<readonly number[]> => {
      const numbers: number[] = [];
      const experiment = experimentOf((round) => numbers.push(round), 10);
      await runExperiment(experiment, { seed: 1, rounds });
      return numbers.toSorted((a, b) => a - b);
    };
    assert.deepEqual(await tried(99), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const some = await tried(5);
    for (const part of [1, 3, 5, 7, 9])
      assert.ok(some.includes(part) || some.includes(part + 1), `${part} of ${some.join()}`);
  });

  it('begins no round once it is stopped, and says where to go on', async () => {
    const stop = new AbortController();
    const experiment = experimentOf((round) => round === 2 && stop.abort());
    const { rounds, next } = await runExperiment(experiment, { seed: 1, rounds: 9, stop: stop.signal });
    assert.deepEqual([rounds, next], [2, 3]);
  });

  it('is gone on with where it stopped: all parts together are all cases, once', async () => {
    const numbers: number[] = [];
    const experiment = experimentOf((round) => numbers.push(round), 10);
    const first = await runExperiment(experiment, { seed: 1, rounds: 4 });
    const second = await runExperiment(experiment, { seed: 2, rounds: 99, from: first.next ?? 0 });
    assert.deepEqual([first.next, second.next], [5, undefined]);
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
  });

  it('carries out rounds in blocks, and tells which of a block failed', async () => {
    const blocks: number[] = [];
    const experiment: Experiment = {
      ...experimentOf(() => {}),
      prepare: () =>
        Promise.resolve({
          cases: 7,
          blockSize: 3,
          block: (rounds) => {
            blocks.push(rounds.length);
            if (rounds.length === 1) return Promise.reject(new Error('all of them'));
            return Promise.allSettled(
              rounds.map((round) => (round === 2 ? Promise.reject(new Error('two')) : Promise.resolve({ tries: 1 }))),
            );
          },
          end: () => {},
        }),
    };
    const { rounds, failures, figures } = await runExperiment(experiment, { seed: 1, rounds: 99 });
    assert.deepEqual([blocks, rounds, figures.get('tries')], [[3, 3, 1], 7, 5]);
    assert.equal(failures.length, 2);
    assert.match(failures.find(({ round }) => round === 2)?.message ?? '', /two/);
  });

  it('ends what the other lanes have built when one cannot be', async () => {
    let built = 0;
    let ended = 0;
    const experiment: Experiment = {
      ...experimentOf(() => {}),
      prepare: () => {
        built += 1;
        if (built === 2) return Promise.reject(new Error('no host'));
        return Promise.resolve({ round: () => Promise.resolve({}), end: () => void (ended += 1) });
      },
    };
    await assert.rejects(runExperiment(experiment, { seed: 1, rounds: 3, lanes: 3 }), /no host/);
    assert.equal(ended, 2);
  });
});
