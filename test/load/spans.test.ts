import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scanSpans } from '../../src/load/spans.ts';
import { startCpuClock } from '../support/cpu-clock.ts';
import { inTime } from '../support/in-time.ts';

function shown(text: string): readonly string[] | string {
  const pieces = scanSpans(text);
  if (!pieces.ok) return `${pieces.error.start}: ${pieces.error.message}`;
  return pieces.value.map((piece) => (piece.kind === 'text' ? piece.text : `<${piece.source}>`));
}

describe('The spans of a text', () => {
  const cases: readonly (readonly [text: string, pieces: readonly string[] | string])[] = [
    ['', []],
    ['no span', ['no span']],
    ['${{ a }}', ['<a>']],
    ['a ${{b}} c ${{ d }}', ['a ', '<b>', ' c ', '<d>']],
    ['${{ {"a": 1}["a"] }}', ['<{"a": 1}["a"]>']],
    ['${{ {"a": {"b": 1}} }}', ['<{"a": {"b": 1}}>']],
    ['${{ "}}" + \'}}\' }}', ['<"}}" + \'}}\'>']],
    ['${{ "\\"}}" }}', ['<"\\"}}">']],
    ["${{ r'\\' + x }}", ["<r'\\' + x>"]],
    ['${{ """a"}}b""" }}', ['<"""a"}}b""">']],
    ['${{ a // }}\n }}', ['<a // }}>']],
    ['$${{ a }}', ['${{ a }}']],
    ['$$${{ a }}', ['$${{ a }}']],
    ['x $${{ a }} ${{ b }}', ['x ${{ a }} ', '<b>']],
    ['{{ a }} $ { }', ['{{ a }} $ { }']],
    ['${{ a', '0: this ${{ is not closed'],
    ['x ${{ a }', '2: this ${{ is not closed'],
    ['${{ "a }}', '0: this ${{ is not closed'],
    ['${{ a ${{ b }} }}', '6: a ${{ inside a ${{ }}'],
    ['${{ }}', '0: ${{ }} is empty'],
  ];
  for (const [text, pieces] of cases) {
    it(`are found in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(shown(text), pieces);
    });
  }

  it('are found in linear time', () => {
    for (const text of [
      '${{'.repeat(100_000),
      '${{ a }}'.repeat(50_000),
      '{'.repeat(300_000),
      `\${{ ${'"'.repeat(200_000)} }}`,
      '$'.repeat(300_000),
    ]) {
      const spent = startCpuClock();
      scanSpans(text);
      assert.ok(spent() < inTime(300));
    }
  });

  it('cover the text without gaps, and give their expressions whole', () => {
    const expression = fc.constantFrom('a', '"}}"', "'{'", '{"k": {"l": 1}}', 'r"\\"', 'f(x, "y")');
    const literal = fc.string({ unit: fc.constantFrom('a', ' ', '{', '}', '"', "'", '\n', '#') });
    const property = fc.property(fc.array(fc.tuple(literal, expression), { maxLength: 6 }), literal, (parts, last) => {
      const text = parts.map(([before, source]) => `${before}\${{ ${source} }}`).join('') + last;
      const pieces = scanSpans(text);
      assert.ok(pieces.ok);
      assert.deepEqual(
        pieces.value.flatMap((piece) => (piece.kind === 'span' ? [piece.source] : [])),
        parts.map(([, source]) => source),
      );
      assert.equal(pieces.value.map(({ start, end }) => text.slice(start, end)).join(''), text);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('are looked for in any text without an exception', () => {
    const text = fc
      .array(fc.constantFrom('$', '{', '}', '"', "'", '\\', 'r', '/', '\n', 'a', '${{', '}}'), { maxLength: 40 })
      .map((parts) => parts.join(''));
    const property = fc.property(text, (source) => {
      const pieces = scanSpans(source);
      if (!pieces.ok) assert.ok(pieces.error.start >= 0 && pieces.error.end <= source.length + 1);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
