import assert from 'node:assert/strict';
import { splitShellWords } from '../../src/util/shell-words.ts';

/** What Python's shlex.split answers; undefined: it refuses. */
const CASES: readonly (readonly [
  line: string,
  words: readonly string[] | undefined,
  withComments?: readonly string[],
])[] = [
  ['', []],
  ['  a \t b ', ['a', 'b']],
  [`a="b c" d='e "f"'`, ['a=b c', 'd=e "f"']],
  [`''`, ['']],
  [String.raw`a\ b "c\"d" "e\f" 'g\h'`, ['a b', 'c"d', String.raw`e\f`, String.raw`g\h`]],
  ['a"b"c', ['abc']],
  ['a #b', ['a', '#b'], ['a']],
  ['a#b c', ['a#b', 'c'], ['a']],
  ['"#a" b', ['#a', 'b'], ['#a', 'b']],
  ['a "b', undefined],
  ['a\\', undefined],
];

describe('splitShellWords', () => {
  for (const [line, words, withComments = words] of CASES) {
    it(`splits ${JSON.stringify(line)} as shlex does`, () => {
      for (const [comments, expected] of [
        [false, words],
        [true, withComments],
      ] as const) {
        const split = splitShellWords(line, { comments });
        assert.deepEqual(split.ok ? split.value.map(({ text }) => text) : undefined, expected);
      }
    });
  }

  it('says where each word is', () => {
    const split = splitShellWords(' ab="c d"  e', { comments: true });
    assert.deepEqual(split.ok && split.value.map(({ start, end }) => [start, end]), [
      [1, 9],
      [11, 12],
    ]);
  });
});
