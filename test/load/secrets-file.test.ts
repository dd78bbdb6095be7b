import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadSecretsFile } from '../../src/load/secrets-file.ts';
import { Secret } from '../../src/util/secret.ts';

describe('loadSecretsFile', () => {
  it('reads names and texts, each of which is a secret from then on', () => {
    const loaded = load('db-password: hunter2\nssl/key.pem: |\n  line 1\n  line 2\n"TOKEN": "it\'s \\u00fc"\n');
    assert.deepEqual(valuesOf(loaded), {
      'db-password': 'hunter2',
      'ssl/key.pem': 'line 1\nline 2\n',
      TOKEN: "it's ü",
    });
    assert.ok([...(loaded.secrets?.values() ?? [])].every((value) => value instanceof Secret));
  });

  it('reads JSON', () => {
    assert.deepEqual(valuesOf(load('{"a": "x", "b": "y"}')), { a: 'x', b: 'y' });
  });

  const wrong: readonly (readonly [title: string, text: string, diagnostics: readonly string[]])[] = [
    ['an empty file', '# nothing\n', ['1:1 E_EMPTY the file is empty']],
    ['a list', '- hunter2\n', ["1:1 E_TYPE a secrets file is a map | write NAME: 'value', one a line"]],
    ['a text', 'hunter2\n', ["1:1 E_TYPE a secrets file is a map | write NAME: 'value', one a line"]],
    [
      'numbers and booleans, which YAML would change',
      'pin: 271828\nodd: 0271828\non: true\nno: True\n',
      [
        '1:1 E_STRING YAML reads pin as a number, and a secret is a text | put the value in quotes',
        '2:6 E_INT YAML reads this as a number or a boolean, and a secret is a text | QUOTE',
        '3:1 E_STRING YAML reads on as a boolean, and a secret is a text | put the value in quotes',
        '4:5 E_BOOL YAML reads this as a number or a boolean, and a secret is a text | QUOTE',
      ],
    ],
    ['a list as a value', 'a: [hunter2]\n', ["1:1 E_TYPE a must be a text | write NAME: 'value'"]],
    ['the name of another secret', 'a: !secret b\n', ['1:1 E_TYPE a names another secret | write the value itself']],
    ['nothing as a value', 'a:\n', ['1:1 E_NULL there is no null here | write a value, or "" for an empty text']],
    ['an empty value', 'a: ""\n', ['1:1 E_VALUE a is empty | write another value']],
    ['a NUL', 'a: "hunter2\\0"\n', ['1:1 E_VALUE a has a NUL byte, which no shell can hold | write another value']],
    [
      'a name that nothing can ask for',
      '"a b": x\n',
      [
        '1:1 E_NAME no !secret NAME can ask for this name | use letters, digits, _, ., / and -, and begin with a letter or _',
      ],
    ],
    ['a name twice', 'a: x\na: y\n', ['2:1 E_DUPKEY this name is there twice | remove one of them']],
    ['a value that begins with !', 'a: !hunter2\n', ['1:4 E_TAG a value that begins with ! must be quoted | QUOTE']],
    ['a value that begins with *', 'a: *hunter2\n', ['1:4 E_ALIAS a value that begins with * must be quoted | QUOTE']],
    ['a value with ": "', 'a: hunter2: x\n', ['1:11 E_YAML this cannot be read as YAML | QUOTE']],
    ['an open quote', 'a: "hunter2\n', ['2:1 E_YAML this cannot be read as YAML | QUOTE']],
    [
      'an invisible character',
      'a: hunter2\u200b\n',
      [
        '1:11 E_INVISIBLE an invisible character is written out here | in double quotes it can be written as an escape such as \\u200b',
      ],
    ],
  ];
  for (const [title, text, expected] of wrong) {
    it(`refuses ${title}, and repeats no part of a value`, () => {
      const { secrets, diagnostics } = load(text);
      assert.equal(secrets, undefined);
      const told = diagnostics.map(({ at, code, message, hint }) => {
        const place = `${at.start.line}:${at.start.column} ${code} ${message}`;
        return hint === undefined
          ? place
          : `${place} | ${hint.replace("put the value in single quotes, with every ' in it doubled", 'QUOTE')}`;
      });
      assert.deepEqual(told, expected);
      assert.doesNotMatch(JSON.stringify(diagnostics), /hunter2|271828/);
    });
  }

  it('repeats no part of a value, wherever a file is broken', () => {
    const pieces = fc.constantFrom(
      ': ',
      '- ',
      '\n',
      '\n  ',
      '"',
      "'",
      '[',
      '{',
      '!',
      '*',
      '&',
      '#',
      '|',
      '>',
      '%',
      '\t',
    );
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 6 }), fc.nat(6), (broken, at) => {
        const text = `a: ${broken.slice(0, at).join('')}hunter2xyz${broken.slice(at).join('')}\n`;
        const { diagnostics } = load(text);
        // A text that became a key is the name of a secret as far as YAML is concerned.
        assert.doesNotMatch(
          diagnostics.map(({ message, hint }) => `${message} ${hint}`).join('\n'),
          /(?<!^|\n)hunter2xyz/,
        );
      }),
      { numRuns: 2000, examples: [[['>', '\n', ': ', '\n', '- '], 2]] },
    );
  });
});

const load = (text: string) => loadSecretsFile({ file: 'secrets.yaml', text });

function valuesOf({ secrets, diagnostics }: ReturnType<typeof load>): Readonly<Record<string, string>> {
  assert.deepEqual(diagnostics, []);
  return Object.fromEntries([...(secrets ?? [])].map(([name, value]) => [name, value.reveal()]));
}
