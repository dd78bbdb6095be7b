import assert from 'node:assert/strict';
import { readPythonLiteral } from '../../src/load/inventory/sources/python-literal.ts';

/** What ast.literal_eval of Python 3.11 makes of them. */
const LITERALS: readonly (readonly [text: string, value: unknown])[] = [
  ['1', 1],
  ['-0', 0],
  ['+ 7', 7],
  ['00', 0],
  ['1_000', 1000],
  ['0x1F', 31],
  ['0o17', 15],
  ['0b11', 3],
  ['1.50', 1.5],
  ['.5', 0.5],
  ['1.', 1],
  ['1E-3', 0.001],
  ['-1.5', -1.5],
  ['True', true],
  ['False', false],
  ['None', null],
  [`'a'`, 'a'],
  ['"a\\n\\x41\\u00e9\\101\\q"', 'a\nAéA\\q'],
  [`r'\\n'`, '\\n'],
  [`b'x'`, 'x'],
  [`"a" 'b'`, 'ab'],
  [`'''a'b'''`, "a'b"],
  ['1 # one', 1],
  ['[]', []],
  ['[1, "a", [True],]', [1, 'a', [true]]],
  ['(1)', 1],
  ['(1,)', [1]],
  ['()', []],
  ['1, 2', [1, 2]],
  ['1,', [1]],
  ['{}', {}],
  [`{'a': 1, 2: None, True: [1]}`, { a: 1, 2: null, true: [1] }],
  ['{1, 2}', [1, 2]],
  ['  5', 5],
  ['12345678901234567890', '12345678901234567890'],
];

const TEXTS = [
  ...[
    '',
    'abc',
    'true',
    'yes',
    'null',
    '0644',
    '10.0.0.1',
    '1.2.3',
    '1__0',
    '1_',
    '_1',
    '0x',
    '1if',
    '--1',
    '- -1',
    '1 2',
  ],
  ...[
    'a b',
    '"a',
    `'a`,
    '"a" b',
    '[1',
    '1]',
    '{1:}',
    '{"a": 1, 2}',
    '(',
    ')',
    ',',
    'f"x"',
    `b'x' 'y'`,
    '1 + 2',
    'set()',
  ],
  ...['"\\x4"', '"\\u12"', '[a]', 'True True', '# x', '1j', '...', '{[]: 1}', '[,]', '"a"\\'],
];

describe('readPythonLiteral', () => {
  for (const [text, value] of LITERALS) {
    it(`reads ${text}`, () => {
      assert.deepEqual(readPythonLiteral(text), { value });
    });
  }

  for (const text of TEXTS) {
    it(`leaves ${JSON.stringify(text)} as the text it is`, () => {
      assert.equal(readPythonLiteral(text), undefined);
    });
  }

  it('is done with a thousand brackets at once', () => {
    assert.equal(readPythonLiteral('['.repeat(1000)), undefined);
    assert.equal(readPythonLiteral('{'.repeat(40)), undefined);
    assert.deepEqual(readPythonLiteral(`${'('.repeat(45)}1${')'.repeat(45)}`), { value: 1 });
    assert.ok(Array.isArray(readPythonLiteral(`${'('.repeat(45)}1${',)'.repeat(45)}`)?.value));
    assert.ok(Array.isArray(readPythonLiteral(`${'{'.repeat(45)}1${'}'.repeat(45)}`)?.value));
    assert.equal(readPythonLiteral(`${'{'.repeat(45)}1${':1}'.repeat(45)}`), undefined);
  });
});
