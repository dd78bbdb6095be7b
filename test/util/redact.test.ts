import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Redactor } from '../../src/util/redact.ts';
import { MASK, Secret } from '../../src/util/secret.ts';

const redactor = (...values: readonly string[]): Redactor => new Redactor(values.map((value) => new Secret(value)));

describe('a redactor', () => {
  const value = `p@ss 'word'/"x"$\\+ü`;
  const forms: Readonly<Record<string, string>> = {
    'as it is': value,
    'in base64': Buffer.from(value).toString('base64'),
    'in base64 for URLs': Buffer.from(value).toString('base64url'),
    'in the base64 of user:password': Buffer.from(`deploy:${value}`).toString('base64'),
    'in a URL': encodeURIComponent(value),
    'in a form': new URLSearchParams({ q: value }).toString().slice(2),
    'in JSON': JSON.stringify(value).slice(1, -1),
    'in single quotes': value.replaceAll("'", `'\\''`),
    'in double quotes': value.replaceAll(/(["$`\\])/g, '\\$1'),
    'in hex': Buffer.from(value).toString('hex'),
  };
  for (const [how, form] of Object.entries(forms)) {
    it(`masks a value ${how}`, () => {
      const masked = redactor(value).text(`before ${form} after`);
      assert.ok(masked.includes(MASK), masked);
      assert.ok(masked.startsWith('before ') && masked.endsWith(' after'), masked);
      assert.ok(!masked.includes(form));
    });
  }

  it('masks the longer of two values that begin alike', () => {
    assert.equal(redactor('abcd', 'abcdefgh').text('abcdefgh abcd'), `${MASK} ${MASK}`);
  });

  it('masks the lines of a long value one by one, as an indented key shows them', () => {
    const key = '-----BEGIN KEY-----\nAAAABBBBCCCC\n-----END KEY-----\n';
    const masked = redactor(key).text(key.replaceAll(/^/gm, '  '));
    assert.ok(!masked.includes('AAAABBBBCCCC'));
  });

  it('masks names and values of members at any depth, and leaves the rest as it is', () => {
    const masked = redactor('hush').json({ a: ['x', { 'the hush': 'hush-hush' }], n: 1, b: true });
    assert.deepEqual(masked, { a: ['x', { [`the ${MASK}`]: `${MASK}-${MASK}` }], n: 1, b: true });
  });

  it('masks nothing for an empty value', () => {
    assert.equal(redactor('').text('abc'), 'abc');
  });

  it('leaves no known value in any text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 2 }), { minLength: 1, maxLength: 4 }),
        fc.string(),
        (values, noise) => {
          const secrets = values.filter((value) => !MASK.includes(value) && !value.includes('*'));
          const text = secrets.join(noise);
          const masked = redactor(...secrets).text(text);
          // What the mask itself and the rests around it form by chance is not a leak of a whole value.
          const rest = masked.split(MASK);
          return secrets.every((value) => rest.every((part) => !part.includes(value)));
        },
      ),
      { numRuns: 200 },
    );
  });
});
