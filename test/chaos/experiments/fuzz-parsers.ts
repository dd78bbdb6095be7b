import assert from 'node:assert/strict';
import { fuzz, told } from '../../fuzz/fuzz.ts';
import type { Experiment } from '../experiment.ts';

const TEXTS = 2000;
/** What a text may take. */
const SLOWEST_MS = 250;
/** With what is not tidied up yet. */
const MOST_MIB = 250;

/** In each round another parser reads texts of chance: a million each in 500 rounds for each parser. */
export const experiment: Experiment = {
  promise: 'whatever text a parser is given, it reads it or says what is wrong with it, at once',
  rounds: { inTests: 1, long: 55_000 },
  onHosts: false,
  prepare: async () => {
    const { PARSERS } = await import('../../fuzz/parsers.ts');
    return {
      round: async (random, round) => {
        const parser = PARSERS[round % PARSERS.length] ?? assert.fail('there is no parser');
        const seed = random.below(2 ** 32);
        const report = await fuzz(parser, { seed, inputs: TEXTS, milliseconds: Infinity, slowestMs: SLOWEST_MS });
        assert.equal(report.failures.length, 0, told(report));
        assert.ok(report.grownMiB < MOST_MIB, `${parser.name}: ${report.grownMiB} MiB more`);
        return { texts: report.inputs, 'slower than 50 ms': report.slowestMs > 50 ? 1 : 0 };
      },
      end: () => undefined,
    };
  },
};
