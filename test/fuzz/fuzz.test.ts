import assert from 'node:assert/strict';
import { inTime } from '../support/in-time.ts';
import { Random } from '../support/random.ts';
import { fuzz, told } from './fuzz.ts';
import { largeText } from './mutate.ts';
import { MIB, type Parser } from './parser.ts';
import { PARSERS } from './parsers.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const SHORT = { seed: SEED, inputs: 400, milliseconds: 250 };
/** Four times what a text may take: other tests run on the same machine. */
const SLOWEST_MS = inTime(1000);

describe('Texts of chance', function () {
  this.timeout(60_000);

  for (const parser of PARSERS) {
    it(`are read or refused in words, at once, and always alike: ${parser.name}`, async () => {
      const report = await fuzz(parser, { ...SHORT, slowestMs: SLOWEST_MS });
      assert.equal(report.failures.length, 0, told(report));
      assert.ok(report.inputs > 0);
    });
  }

  it('are made anew by their seed', () => {
    const parser: Parser = { name: 'x', corpus: ['abc'], words: ['d'], check: () => undefined };
    const made = (seed: number) => largeText(parser, new Random(seed));
    assert.equal(made(3), made(3));
    assert.notEqual(made(3), made(4));
    assert.ok(made(3).length <= MIB);
  });

  it('are shortened to what fails', async () => {
    const parser: Parser = {
      name: 'x',
      corpus: ['one\ntwo\nthree'],
      words: ['!'],
      check: (text) => assert.ok(!text.includes('!')),
    };
    const { failures } = await fuzz(parser, { seed: 1, inputs: 100, milliseconds: 5000, slowestMs: 1000 });
    assert.equal(failures[0]?.text, '!');
  });
});
