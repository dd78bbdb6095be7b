import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Redactor } from '../../src/util/redact.ts';
import { quote } from '../../src/transports/shell/quote.ts';
import { Capture } from '../../src/transports/output.ts';
import { MASK, Secret } from '../../src/util/secret.ts';
import { startCpuClock } from '../support/cpu-clock.ts';
import { inTime } from '../support/in-time.ts';

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

  it('masks a value that a list of lines holds piece by piece, and keeps the number of lines', () => {
    const lines = ['key:', '  c2VjcmV0LXNl', '  Y3JldC1zZWNyZXQ= end', 'more'];
    const masked = redactor('secret-secret-secret').json(lines);
    assert.deepEqual(masked, ['key:', `  ${MASK}`, `${MASK} end`, 'more']);
  });

  it('masks what overlaps of two values with one mask, and leaves nothing of either', () => {
    assert.equal(redactor('abcdef', 'defghi').text('-abcdefghi-'), `-${MASK}-`);
  });

  it('masks the beginning of a value at which a text was cut', () => {
    const value = 'correct horse battery staple';
    assert.equal(redactor(value).text('failed: correct horse ba'), `failed: ${MASK}`);
    assert.equal(redactor(value).text('failed: correct horse…'), `failed: ${MASK}…`);
    assert.equal(redactor(value).text('failed: correct'), 'failed: correct');
    assert.equal(redactor(value).text('correct horse, they said'), 'correct horse, they said');
  });

  it('masks what is left of a value at the beginning of a text, and on both sides of what is missing', () => {
    const value = 'correct horse battery staple';
    assert.equal(redactor(value).text('battery staple, they said'), `${MASK}, they said`);
    assert.equal(redactor(value).text('y staple, they said'), `${MASK}, they said`);
    assert.equal(redactor(value).text('staple, they said'), 'staple, they said');
    const cut = (between: string): string => redactor(value).text(`a correct horse${between}tery staple z`);
    assert.equal(cut('…'), `a ${MASK}…${MASK} z`);
    assert.equal(cut('\n[... 4711 bytes not kept ...]\n'), `a ${MASK}\n[... 4711 bytes not kept ...]\n${MASK} z`);
  });

  it('masks a value at whatever byte an output was cut', () => {
    const value = 'pässwörd-4711-0815';
    const bytes = Buffer.from(`<${value}>`);
    for (let at = 1; at < bytes.length; at++) {
      const [head, tail] = [bytes.subarray(0, at).toString(), bytes.subarray(at).toString()];
      const masked = redactor(value).text(`${head}\n[... 9 bytes not kept ...]\n${tail}`);
      const rest = masked.replace(/\n\[.*\]\n/, '').replaceAll(MASK, '');
      assert.ok(rest.length <= 2 + 7 + 2, masked);
    }
  });

  it('does not look for short values across line breaks', () => {
    assert.equal(redactor('abcd').text('ab\ncd'), 'ab\ncd');
  });

  it('masks a value of one character', () => {
    assert.equal(redactor('x').text('axbx'), `a${MASK}b${MASK}`);
  });

  describe('whatever a program makes of a value', () => {
    const printers: Readonly<Record<string, (value: string) => string>> = {
      'prints it': (value) => value,
      'prints it in base64': (value) => Buffer.from(value).toString('base64'),
      'prints it in base64 with a user name before it': (value) =>
        Buffer.from(`u:${value}`).toString('base64').slice(3),
      'prints it in base64 for URLs': (value) => Buffer.from(value).toString('base64url'),
      'prints it in a URL': (value) => encodeURIComponent(value),
      'prints it in a form': (value) => new URLSearchParams({ q: value }).toString().slice(2),
      'prints it in JSON': (value) => JSON.stringify(value).slice(1, -1),
      'prints it as a shell word': (value) => quote(value).slice(1, -1),
      'prints it in hex': (value) => Buffer.from(value).toString('hex'),
      'prints its bytes in hex': (value) => Buffer.from(value).toString('hex').replaceAll(/../g, ' $&'),
    };
    // The signs around it are in none of the values, so that exactly the value must be masked. Quotes at its edges may stay.
    const secret = fc
      .string({ unit: 'grapheme', minLength: 8, maxLength: 80 })
      .filter((value) => !/[<>]|^[\s"'\\]|[\s"'\\]$/.test(value) && value.replaceAll(/[\s"'\\]/g, '').length >= 8);
    for (const [how, print] of Object.entries(printers)) {
      it(`masks it when a program ${how}, in lines of any length`, () => {
        const edge = how.includes('base64') ? 4 : 1;
        fc.assert(
          fc.property(secret, fc.integer({ min: 1, max: 100 }), fc.nat(8), (value, width, indent) => {
            const printed = print(value);
            const lines = printed.match(new RegExp(`[^]{1,${width}}`, 'gu')) ?? [];
            const text = `<${lines.join(`\n${' '.repeat(indent)}`)}>`;
            const masked = redactor(value).text(text);
            const [before = '', after = ''] = masked.replaceAll(/\s/g, '').split(MASK);
            // At its edges base64 has characters that tell as much of what is beside the value.
            assert.ok(before.length <= 1 && after.length <= edge, JSON.stringify({ text, masked }));
          }),
          { numRuns: 200 },
        );
      });
    }

    it('masks it however its bytes were cut into chunks on their way', () => {
      fc.assert(
        fc.property(secret, fc.integer({ min: 1, max: 9 }), (value, size) => {
          const bytes = Buffer.from(`<${value}>`);
          const capture = new Capture();
          for (let at = 0; at < bytes.length; at += size) capture.add(bytes.subarray(at, at + size));
          assert.equal(redactor(value).text(capture.finish().text), `<${MASK}>`);
        }),
      );
    });
  });

  it('searches two megabytes for the secrets of five hundred hosts in less than two seconds', () => {
    const values = Array.from({ length: 500 }, (_, host) => `pw-${host}-${(host * 7919) % 1000}-Zq`);
    const text = 'Nov 23 03:00:00 web01 sshd[4711]: session opened for user pw-7 by (uid=0)\n'.repeat(27_000);
    const spent = startCpuClock();
    assert.equal(redactor(...values).text(`${text}${values[499] ?? ''}`), `${text}${MASK}`);
    assert.ok(spent() < inTime(2000), `${spent()} ms`);
  });

  for (const [what, unit] of [
    ['lines of a log', 'Nov 23 03:00:00 web01 sshd[4711]: session opened for user pw-7 by (uid=0)\n'],
    ['escapes of all kinds', '\\u0041%41&#65;=41 0x41,'],
    ['nothing but backslashes', '\\'],
    ['entities of entities', '&amp;amp;lt; '],
    ['signs for what is missing', '…'],
    ['digits', '0000000 70 77 '],
    ['halves of characters', '\uFFFD'],
  ] as const) {
    it(`searches a mebibyte of ${what} for fifty secrets in seconds of this processor`, () => {
      const values = Array.from({ length: 50 }, (_, host) => `pw-${host}-${(host * 7919) % 1000}-Zq$x'y"${host}`);
      const text = unit.repeat((1024 * 1024) / unit.length);
      const spent = startCpuClock();
      redactor(...values).text(text);
      assert.ok(spent() < inTime(4000), `${spent()} ms`);
    });
  }

  it('masks a value that a difference breaks into lines, in each encoding', () => {
    const value = 'dlQ5eiciYEVLVUsiJ-+KA+and+more+of+it';
    const written = [value, Buffer.from(value).toString('base64'), Buffer.from(value).toString('hex')];
    for (const text of written) {
      for (const sign of ['+', '-', ' ', '< ', '> ']) {
        const lines = text.replaceAll(/.{1,10}/g, `${sign}$&\n`);
        const masked = redactor(value).text(`@@ -1 +1 @@\n${lines} end\n`);
        assert.match(masked, /^@@ -1 \+1 @@\n[-+< >]*\*{8}\n end\n$/, masked);
      }
    }
  });

  it('masks a value with a colour in it that is broken in the middle of that', () => {
    const broken = 'HFG72T\x1b[31mABCDEFGH'.replaceAll(/[^]/g, '$&\n  ');
    assert.equal(redactor('HFG72T\x1b[31mABCDEFGH').text(broken), `${MASK}\n  `);
  });

  it('masks a secret of digits that was read as a number, and no other number', () => {
    const masked = redactor('0471147', '42', '7\n123456').json({ items: [471147, -471147, 47114, 42, 7, 123456, 0.5] });
    assert.deepEqual(masked, { items: [MASK, MASK, 47114, 42, 7, MASK, 0.5] });
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
