import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readLiteral, readText } from '../../src/model/literal.ts';
import { isTimestamp, SecretName } from '../../src/model/scalar-literal.ts';
import type { Type } from '../../src/model/type.ts';
import { formatDuration, parseDuration } from '../../src/util/duration.ts';
import { Secret } from '../../src/util/secret.ts';

const TEXTS: Type = { kind: 'list', of: { kind: 'string' } };
const SET: Type = {
  kind: 'object',
  name: 'Set',
  fields: {
    id: { type: { kind: 'int' }, description: '' },
    note: { type: { kind: 'string' }, description: '', optional: true },
  },
};

describe('A literal', () => {
  const good: readonly (readonly [Type, unknown, unknown])[] = [
    [{ kind: 'string' }, 'x', 'x'],
    [{ kind: 'string', enum: ['a', 'b'] }, 'b', 'b'],
    [{ kind: 'string', pattern: '^/' }, '/x', '/x'],
    [{ kind: 'int', minimum: 0, maximum: 9 }, 9, 9],
    [{ kind: 'double' }, 0.5, 0.5],
    [{ kind: 'bool' }, false, false],
    [{ kind: 'duration' }, '90m', '1h30m'],
    [{ kind: 'duration' }, '0s', '0s'],
    [{ kind: 'size' }, '10MB', 10_000_000],
    [{ kind: 'size' }, '5GiB', 5 * 2 ** 30],
    [{ kind: 'size' }, '0B', 0],
    [{ kind: 'percent' }, '25%', 25],
    [{ kind: 'percent' }, '99.5%', 99.5],
    [{ kind: 'timestamp' }, '2026-01-31T08:00:00Z', '2026-01-31T08:00:00Z'],
    [{ kind: 'since' }, 'fix', 'fix'],
    [{ kind: 'since' }, '24h', '1d'],
    [TEXTS, ['a', 'b'], ['a', 'b']],
    [SET, { id: 1 }, { id: 1 }],
    [
      { kind: 'map', of: { kind: 'string' } },
      { a: 'x', b: 65536, c: true },
      { a: 'x', b: '65536', c: 'true' },
    ],
    [{ kind: 'patterns' }, { full: 'No space' }, { full: 'No space' }],
  ];
  for (const [type, value, result] of good) {
    it(`is a ${type.kind}: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(readLiteral(type, value), { ok: true, value: result });
    });
  }

  const bad: readonly (readonly [Type, unknown, RegExp])[] = [
    [{ kind: 'string' }, 1.1, /quote it/],
    [{ kind: 'string', enum: ['auto', 'keep'] }, 'atuo', /did you mean auto/],
    [{ kind: 'string', pattern: '^/' }, 'x', /matches/],
    [{ kind: 'int' }, 1.5, /whole number/],
    [{ kind: 'int' }, '5', /whole number/],
    [{ kind: 'int' }, 2 ** 53, /to 9007199254740991, which are exact/],
    [{ kind: 'int' }, '-9223372036854775808', /from -9007199254740991/],
    [{ kind: 'int', minimum: 1 }, 0, /at least 1/],
    [{ kind: 'double' }, Infinity, /number/],
    [{ kind: 'bool' }, 'yes', /true or false/],
    [{ kind: 'duration' }, 10, /duration such as/],
    [{ kind: 'duration' }, '30m1h', /duration such as/],
    [{ kind: 'duration' }, '99999999d', /at most 3650d/],
    [{ kind: 'size' }, '10M', /size such as/],
    [{ kind: 'size' }, 10, /size such as/],
    [{ kind: 'percent' }, 90, /with its sign/],
    [{ kind: 'percent' }, '101%', /0% to 100%/],
    [{ kind: 'timestamp' }, '2026-02-30T00:00:00Z', /time such as/],
    [{ kind: 'secret' }, 'hunter2', /clear text/],
    [TEXTS, 'a', /list such as/],
    [TEXTS, ['a', 1], /item 2/],
    [SET, { id: 1, nte: 'x' }, /did you mean note/],
    [SET, {}, /id is missing/],
    [{ kind: 'patterns' }, { a: '(' }, /not an RE2 pattern/],
    [{ kind: 'patterns' }, {}, /at least one/],
  ];
  for (const [type, value, message] of bad) {
    it(`is not a ${type.kind}: ${JSON.stringify(value)}`, () => {
      const read = readLiteral(type, value);
      assert.ok(!read.ok);
      assert.match(read.error, message);
      assert.ok(!read.error.includes('hunter2'));
    });
  }

  it('may be a secret, the name of one, or an empty text', () => {
    const secret = new Secret('x');
    assert.deepEqual(readLiteral({ kind: 'secret' }, secret), { ok: true, value: secret });
    assert.deepEqual(readLiteral({ kind: 'secret' }, new SecretName('N')), { ok: true, value: new SecretName('N') });
    assert.ok(readLiteral({ kind: 'secret' }, '').ok);
  });

  it('that is long is cut in messages', () => {
    const read = readLiteral({ kind: 'int' }, 'x'.repeat(500));
    assert.ok(!read.ok && read.error.length < 150);
  });

  it('that is a duration comes back from its text form', () => {
    const property = fc.property(fc.integer({ min: 0, max: 3650 * 86_400_000 }), (milliseconds) => {
      assert.deepEqual(parseDuration(formatDuration(milliseconds)), { ok: true, value: milliseconds });
      assert.deepEqual(readLiteral({ kind: 'duration' }, formatDuration(milliseconds)), {
        ok: true,
        value: formatDuration(milliseconds),
      });
    });
    fc.assert(property);
  });

  it('is read or refused, whatever it is', () => {
    const types: readonly Type[] = [...good.map(([type]) => type)];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.anything(), (type, value) =>
        assert.equal(typeof readLiteral(type, value).ok, 'boolean'),
      ),
    );
  });
});

describe('A text from the command line', () => {
  const cases: readonly (readonly [Type, string, unknown])[] = [
    [{ kind: 'string' }, '5', '5'],
    [{ kind: 'int' }, '5', 5],
    [{ kind: 'int' }, '-5', -5],
    [{ kind: 'double' }, '0.5', 0.5],
    [{ kind: 'bool' }, 'true', true],
    [{ kind: 'bool' }, 'false', false],
    [{ kind: 'duration' }, '5m', '5m'],
    [TEXTS, 'a,b', ['a', 'b']],
    [TEXTS, '["a,b", "c"]', ['a,b', 'c']],
    [TEXTS, '', []],
    [{ kind: 'list', of: { kind: 'int' } }, '1,2', [1, 2]],
  ];
  for (const [type, text, value] of cases) {
    it(`is read as a ${type.kind}: ${JSON.stringify(text)}`, () => {
      assert.deepEqual(readText(type, text), { ok: true, value });
    });
  }

  for (const [kind, text] of [
    ['int', '5x'],
    ['int', ''],
    ['int', '0x10'],
    ['bool', 'yes'],
    ['bool', 'True'],
    ['secret', 'hunter2'],
    ['duration', '5'],
  ] as const) {
    it(`is not a ${kind}: ${JSON.stringify(text)}`, () => {
      const read = readText({ kind }, text);
      assert.ok(!read.ok && !read.error.includes('hunter2'));
    });
  }
});

describe('A timestamp', () => {
  it('has a date that exists and a zone', () => {
    assert.ok(isTimestamp('2024-02-29T23:59:59.123+02:00'));
    for (const text of [
      '2026-02-29T00:00:00Z',
      '2026-01-01T25:00:00Z',
      '2026-01-01T00:00:00',
      '2026-01-01',
      '20260101T000000Z',
      '',
    ])
      assert.ok(!isTimestamp(text), text);
  });
});
