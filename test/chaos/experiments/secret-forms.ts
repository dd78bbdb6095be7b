import assert from 'node:assert/strict';
import { Redactor } from '../../../src/util/redact.ts';
import { Secret } from '../../../src/util/secret.ts';
import { leftOf } from '../../secrets/leaks.ts';
import { CUT_PATHS, LONG_PATHS, PATHS } from '../../secrets/paths.ts';
import { PRINTERS } from '../../secrets/printers.ts';
import { SHAPES } from '../../secrets/shapes.ts';
import type { Random } from '../../support/random.ts';
import type { Experiment, Figures } from '../experiment.ts';

/** Seven signs of a value may be left at a cut: of one that is written in digits twice, so many. */
const AT_CUT = 64;
const PATH_NAMES = Object.keys(PATHS);
const SHORT_PATHS = PATH_NAMES.filter((path) => !LONG_PATHS.has(path));
const SHAPE_NAMES = Object.keys(SHAPES);

/** Every shape and every way to print it, in one way into the record that chance takes. */
export const experiment: Experiment = {
  promise: 'no text of a host brings a secret into the record, whatever its shape and however it is printed',
  rounds: { inTests: 4, long: 250 },
  onHosts: false,
  prepare: () =>
    Promise.resolve({
      round: (random, round) => Promise.resolve(searchAll(SHAPE_NAMES[round % SHAPE_NAMES.length] ?? '', random)),
      end: () => {},
    }),
};

function searchAll(shape: string, random: Random): Figures {
  const value = SHAPES[shape]?.(random) ?? '';
  const others = [SHAPES['a password'], SHAPES['lines']].map((make) => make?.(random) ?? '');
  const redactor = new Redactor([value, ...others].map((each) => new Secret(each)));
  const signs = value.replaceAll(/[\s"'\\]/g, '').length;
  let outputs = 0;
  for (const [encoding, { print, least = 4, when = /^/, edge = 0 }] of Object.entries(PRINTERS)) {
    if (signs < least || !when.test(value)) continue;
    const printed = print(value, random);
    const path = random.pick(random.chance(1) ? PATH_NAMES : SHORT_PATHS);
    // What is beside the digits is lost with the line of a dump that was cut, and what is beside a value tells too much here.
    if (CUT_PATHS.has(path) && (edge > 0 || /^as (?:xxd|hexdump|od)/.test(encoding))) continue;
    const window = CUT_PATHS.has(path) && encoding !== 'as it is' ? AT_CUT : 10;
    const left = leftOf(printed, PATHS[path]?.(printed, redactor, random) ?? '', { window, edge });
    assert.ok(left === undefined, `${shape}, printed ${encoding}, in ${path}: ${left} of ${printed.slice(0, 400)}`);
    outputs += 1;
  }
  return { outputs };
}
