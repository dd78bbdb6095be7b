import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compilePattern } from '../../src/util/pattern.ts';
import { patternLiterals, type Literal } from '../../src/util/pattern-literals.ts';

const plain = (...texts: string[]): Literal[] => texts.map((text) => ({ text, ignoreCase: false }));

describe('literals of a pattern', () => {
  const samples: readonly [string, readonly Literal[] | undefined][] = [
    [
      String.raw`\(28\)No space left on device: .*([Aa]ccept (lock|mutex)|AH0002[34])`,
      plain('(28)No space left on device: '),
    ],
    [String.raw`AH0014[46]|\(43\)Identifier removed`, plain('AH0014', '(43)Identifier removed')],
    [
      String.raw`No space left on device|AH0014[46]|:emerg\]|:alert\]`,
      plain('No space left on device', 'AH0014', ':emerg]', ':alert]'),
    ],
    ['(lock|mutex) failed', plain(' failed')],
    ['(locked|mutexes)x', plain('locked', 'mutexes')],
    ['(?:needle){2,3}', plain('needle')],
    ['(needle)?thread', plain('thread')],
    ['(needle){0,1}', undefined],
    ['abc*', undefined],
    ['abcd*', plain('abc')],
    ['abcd+e', plain('abcd')],
    ['^abc$', plain('abc')],
    [String.raw`\bword\b`, plain('word')],
    [String.raw`\Qa.b*c\E.`, plain('a.b*c')],
    [String.raw`a\x41bcd`, plain('bcd')],
    ['[[:alpha:]]]abc', plain(']abc')],
    ['[]x]abc', plain('abc')],
    ['(?i)out of memory', [{ text: 'out of memory', ignoreCase: true }]],
    ['(?i)disk error', [{ text: ' error', ignoreCase: true }]],
    ['(?i:abc)def|xyz', [{ text: 'abc', ignoreCase: true }, ...plain('xyz')]],
    ['(?P<what>failure)', plain('failure')],
    ['größe', plain('größe')],
    ['ab', undefined],
    ['abc|', undefined],
    ['.*', undefined],
    ['', undefined],
  ];
  for (const [pattern, literals] of samples) {
    it(`are ${literals?.map(({ text }) => JSON.stringify(text)).join(', ') ?? 'none'} for ${JSON.stringify(pattern)}`, () => {
      assert.ok(compilePattern(pattern).ok);
      assert.deepEqual(patternLiterals(pattern), literals);
    });
  }

  it('are in every text that the pattern matches', () => {
    const word = fc.stringMatching(/^[abKs]{1,4}$/);
    const atom = fc.letrec<{ atom: string }>((tie) => ({
      atom: fc.oneof(
        { maxDepth: 3 },
        word,
        fc.constantFrom(
          '.',
          '[ab]',
          '^',
          '$',
          String.raw`\w`,
          String.raw`\b`,
          String.raw`\x61`,
          String.raw`\Qab\E`,
          '(?i)',
        ),
        fc
          .tuple(tie('atom'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '+?'))
          .map(([inner, times]) => `(?:${inner})${times}`),
        fc.tuple(tie('atom'), tie('atom')).map(([left, right]) => `(${left}|${right})`),
        fc.tuple(tie('atom'), tie('atom')).map(([left, right]) => left + right),
        tie('atom').map((inner) => `(?i:${inner})`),
      ),
    })).atom;
    const text = fc.stringMatching(/^[abkKsſ]{0,12}$/);
    let tried = 0;
    fc.assert(
      fc.property(atom, text, (source, subject) => {
        const pattern = compilePattern(source);
        const literals = patternLiterals(source, 1);
        if (!pattern.ok || literals === undefined || !pattern.value.matches(subject)) return;
        tried++;
        assert.ok(
          literals.some((literal) => contains(subject, literal)),
          `${source} on ${subject}: ${JSON.stringify(literals)}`,
        );
      }),
      { numRuns: 5000 },
    );
    assert.ok(tried > 100, `only ${tried} matches were tried`);
  });
});

/** As `grep -F` and `grep -iF` do in the C locale. */
function contains(subject: string, { text, ignoreCase }: Literal): boolean {
  const fold = (part: string): string => (ignoreCase ? part.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : part);
  return fold(subject).includes(fold(text));
}
