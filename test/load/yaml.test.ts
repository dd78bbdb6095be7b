import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseYaml } from '../../src/load/yaml.ts';
import { sourceOffset } from '../../src/load/yaml/offsets.ts';
import { nodeAt } from '../../src/load/yaml/node.ts';
import { SecretName } from '../../src/model/scalar-literal.ts';
import { startCpuClock } from '../support/cpu-clock.ts';
import { inTime } from '../support/in-time.ts';

function codes(text: string): readonly string[] {
  return parseYaml({ file: 'a.yaml', text }).diagnostics.map(
    ({ at, code }) => `${at.start.line}:${at.start.column} ${code}`,
  );
}

function hint(text: string): string | undefined {
  return parseYaml({ file: 'a.yaml', text }).diagnostics[0]?.hint;
}

describe('A YAML file', () => {
  it('is read as plain data in the core schema', () => {
    const { value, diagnostics } = parseYaml({
      file: 'a.yaml',
      text: 'a: 1\nb: [x, "1", 0.5, true]\nc: { on: yes }\nd: 2026-01-01\n',
    });
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(value, { a: 1, b: ['x', '1', 0.5, true], c: { on: 'yes' }, d: '2026-01-01' });
  });

  it('knows the place of each key and value by pointer', () => {
    const { positions } = parseYaml({ file: 'a.yaml', text: 'a:\n  - b: "x y"\n    c/d: 2\n' });
    assert.deepEqual(positions.at('/a/0/b')?.start, { line: 2, column: 8, offset: 10 });
    assert.deepEqual(positions.at('/a/0/b')?.end, { line: 2, column: 13, offset: 15 });
    assert.deepEqual(positions.keyAt('/a/0/c~1d')?.start, { line: 3, column: 5, offset: 20 });
    assert.equal(positions.at('/a/1'), undefined);
    assert.equal(positions.at('/a/0/b/x'), undefined);
  });

  it('may begin with a byte order mark, which has no column', () => {
    const { value, positions } = parseYaml({ file: 'a.yaml', text: '\uFEFFa: x\n' });
    assert.deepEqual(value, { a: 'x' });
    assert.deepEqual(positions.at('/a')?.start, { line: 1, column: 4, offset: 4 });
  });

  it('holds secrets by name only', () => {
    const { value } = parseYaml({ file: 'a.yaml', text: 'a: !secret DB_PASSWORD\n' });
    assert.ok((value as { a: unknown }).a instanceof SecretName);
  });

  it('may use anchors, within bounds', () => {
    const { value } = parseYaml({ file: 'a.yaml', text: 'a: &x [1, 2]\nb: *x\n' });
    assert.deepEqual(value, { a: [1, 2], b: [1, 2] });
  });

  const cases: readonly (readonly [text: string, ...codes: readonly string[]])[] = [
    ['', '1:1 E_EMPTY'],
    ['a: 1\n---\nb: 2\n', '2:1 E_MULTIDOC'],
    ['a: 1\n...\nb: 2\n', '3:1 E_MULTIDOC'],
    ['%YAML 1.1\n---\na: 1\n', '1:1 E_YAML'],
    ['a:\n\tb: 1\n', '2:1 E_YAML'],
    ['a: b: c\n', '1:5 E_YAML'],
    ['a: [1, 2\n', '2:1 E_YAML'],
    ['a: "b\n', '2:1 E_YAML'],
    ['a: 1\na: 2\n', '2:1 E_DUPKEY'],
    ['a: 1\n"a": 2\n', '2:1 E_DUPKEY'],
    ['\u00e9: 1\ne\u0301: 2\n', '2:1 E_DUPKEY'],
    ['a: *x\n', '1:4 E_ALIAS'],
    ['a: &x [*x]\n', '1:8 E_ALIAS'],
    ['<<: { a: 1 }\n', '1:1 E_MERGE'],
    ['constructor: 1\nb: { prototype: 1 }\n', '1:1 E_KEY', '2:6 E_KEY'],
    ['? [a]\n: b\n', '1:3 E_KEY'],
    [': b\n', '1:1 E_KEY'],
    ['a: !!js/function x\n', '1:4 E_TAG'],
    ['a: !!binary aGk=\n', '1:4 E_TAG'],
    ['a: !secret\n', '1:4 E_TAG'],
    ['a: !secret "b c"\n', '1:4 E_TAG'],
    ['a:\nb: ~\nc: [null, 1]\n', '1:1 E_NULL', '2:4 E_NULL', '3:5 E_NULL'],
    ['{a: b, c}\n', '1:8 E_NULL'],
    ['- 1\n-\n- 3\n', '2:1 E_NULL'],
    ['a: 0644\nb: 1e999\nc: .nan\nd: True\n', '1:4 E_INT', '2:4 E_INT', '3:4 E_NUMBER', '4:4 E_BOOL'],
    ['a: x\u0085y\n', '1:5 E_CONTROL'],
    ['a: x\u2066y\n', '1:5 E_BIDI'],
    ['\u00a0a: 1\n', '1:1 E_INVISIBLE'],
    [
      `${'a: 1\n'.repeat(0)}${Array.from({ length: 1002 }, (_, index) => `k${index}: 1`).join('\n')}\n`,
      '1001:1 E_SIZE',
    ],
    ['['.repeat(50_000), '1:32 E_DEPTH'],
    ['x'.repeat(1_048_577), '1:1 E_SIZE'],
  ];
  for (const [text, ...wanted] of cases) {
    it(`is refused with its place: ${JSON.stringify(text.slice(0, 30))}`, () => {
      assert.deepEqual(codes(text), wanted);
    });
  }

  it('is answered with the form that a mistaken line must have', () => {
    assert.equal(hint('when: !svc.active\n'), 'quote a value that starts with !: "!svc.active"');
    assert.equal(hint('when: x ? "a" : "b"\n'), `when: 'x ? "a" : "b"'`);
    assert.equal(hint('when: "a" in x\n'), `when: '"a" in x'`);
    assert.equal(hint('name: a: b\n'), 'name: "a: b"');
    assert.equal(hint('- http: { url: ${{ x.y }} }\n'), '- http: { url: "${{ x.y }}" }');
    assert.equal(hint('- [ ${{ x }} ]\n'), '- [ "${{ x }}" ]');
    assert.equal(hint('a: @x\n'), 'a: "@x"');
    assert.equal(hint(`- [ '\${{ x }}\${{ y }}', \${{ z["a"] }} ]\n`), `- [ '\${{ x }}\${{ y }}', '\${{ z["a"] }}' ]`);
    assert.equal(hint(`a: [ b, , '\${{ x }}\${{ y }}' ]\n`), 'check the line and the one before it');
  });

  it('that is an alias bomb is refused at once', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let index = 1; index < 10; index++)
      lines.push(
        `a${index}: &a${index} [${Array(9)
          .fill(`*a${index - 1}`)
          .join(', ')}]`,
      );
    const spent = startCpuClock();
    assert.ok(codes(lines.join('\n')).every((code) => code.endsWith('E_ALIAS')));
    assert.ok(spent() < inTime(100));
  });

  const hostile: Readonly<Record<string, string>> = {
    'a list of half a million': `[${'a,'.repeat(500_000)}]`,
    'a quarter of a million documents': '---\n'.repeat(250_000),
    'a hundred thousand keys': Array.from({ length: 100_000 }, (_, index) => `k${index}: 1`).join('\n'),
    'a million invisible characters': '\u200b'.repeat(1_000_000),
    'open quotes': "'".repeat(1_000_000),
    'lines of comments': '# x\n'.repeat(250_000),
    'a key of a megabyte': `"${'a'.repeat(1_000_000)}": 1`,
  };
  for (const [what, text] of Object.entries(hostile)) {
    it(`is judged within its time: ${what}`, () => {
      const spent = startCpuClock();
      parseYaml({ file: 'a.yaml', text });
      // The promise is 250 ms; a machine that runs other tests at the same time gets more, and counted code more still.
      assert.ok(spent() < inTime(1000));
    });
  }

  it('never throws and always says where', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '"',
      "'",
      '[',
      ']',
      '{',
      '}',
      '&a ',
      '*a',
      '!x ',
      '|',
      '>',
      '#',
      '? ',
      '---',
      '...',
      '%',
      '\t',
      '~',
      '0',
      '<<',
      '${{ ',
      ' }}',
      ',',
      '\r',
      '\u0000',
      '\ud800',
      'é',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary', maxLength: 60 }),
    );
    const property = fc.property(text, (source) => {
      const { diagnostics, root } = parseYaml({ file: 'a.yaml', text: source });
      assert.ok(root !== undefined || diagnostics.length > 0);
      for (const { at, message } of diagnostics) {
        assert.ok(at.start.line >= 1 && at.start.column >= 1 && at.start.offset <= source.length && message !== '');
      }
    });
    fc.assert(property, { numRuns: 3000 });
  });
});

function offsetOf(text: string, needle: string): number {
  const { root } = parseYaml({ file: 'a.yaml', text });
  const node = root === undefined ? undefined : nodeAt(root, '/a');
  assert.ok(node?.kind === 'scalar');
  return sourceOffset(text, node, node.text.indexOf(needle));
}

describe('A place inside a scalar', () => {
  const texts: Readonly<Record<string, string>> = {
    plain: 'a: some HERE text\n',
    'plain over lines': 'a: some\n  more HERE\n  text\n',
    'double quoted': 'a: "some\\n \\u0041\\x41 HERE"\n',
    'double quoted over lines': 'a: "some\n\n  more \\\n   of HERE"\n',
    'single quoted': "a: 'it''s HERE'\n",
    'a literal block': 'a: |\n    one\n\n      two HERE\n    three\n',
    'a folded block': 'a: >-\n  one\n  two\n\n  three HERE\n',
    'a block with Windows lines': 'a: |\r\n  one\r\n  two HERE\r\n',
    'a block with an indentation indicator': 'a: |2\n    one HERE\n',
  };
  for (const [style, text] of Object.entries(texts)) {
    it(`is found in ${style}`, () => {
      assert.equal(text.slice(offsetOf(text, 'HERE')).slice(0, 4), 'HERE');
    });
  }
});
