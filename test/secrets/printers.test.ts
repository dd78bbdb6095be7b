import assert from 'node:assert/strict';
import { Redactor } from '../../src/util/redact.ts';
import { Secret } from '../../src/util/secret.ts';
import { Random } from '../support/random.ts';
import { leftOf } from './leaks.ts';
import { PRINTERS } from './printers.ts';
import { SHAPES } from './shapes.ts';

const signsOf = (value: string): number => value.replaceAll(/[\s"'\\]/g, '').length;

describe('a secret', () => {
  for (const [encoding, { print, least = 4, when = /^/, edge = 0 }] of Object.entries(PRINTERS)) {
    it(`of any shape is masked when a program prints it ${encoding}`, () => {
      const random = new Random(4711);
      for (const [shape, make] of Object.entries(SHAPES)) {
        const value = make(random);
        if (signsOf(value) < least || !when.test(value)) continue;
        const printed = print(value, random);
        const text = `##\n${printed}\n##`;
        const masked = new Redactor([new Secret(value)]).text(text);
        assert.equal(
          leftOf(printed, masked, { edge }),
          undefined,
          `${shape}: ${JSON.stringify({ value, text, masked }).slice(0, 600)}`,
        );
        assert.ok(
          masked.startsWith('##') && masked.endsWith('##'),
          `${shape}: ${JSON.stringify({ text, masked }).slice(0, 600)}`,
        );
      }
    });
  }
});
