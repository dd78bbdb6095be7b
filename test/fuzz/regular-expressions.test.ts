import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { parse, type Literal, type Node } from 'acorn';
import { startCpuClock } from '../support/cpu-clock.ts';
import { inTime } from '../support/in-time.ts';

const ROOT = join(import.meta.dirname, '../..');
const LENGTH = 8000;
/** Of the processor. What takes time with the square of the length takes ten times as long. */
const SLOWEST_MS = 40;

/** What makes a bad expression look again and again from each place. */
const PUMPS = [
  ...[
    'a',
    'A',
    '0',
    ' ',
    '\t',
    '\n',
    '"',
    "'",
    '.',
    '/',
    '-',
    ':',
    '@',
    '(',
    ')',
    '=',
    ',',
    '_',
    '#',
    '\\',
    '[',
    '{',
    '<',
    '%',
    '*',
  ],
  ...[
    'a ',
    'a.',
    'a/',
    'a:',
    'a@',
    'a-',
    'a=',
    ' a\n',
    '0 ',
    '0:',
    '0.',
    '/a',
    'a\n',
    ' =',
    '=a',
    '(a',
    '[a',
    '"a',
    '\\a',
    'A_',
  ],
];

/** Never given so much: what each looks through. */
const SHORT: ReadonlyMap<string, string> = new Map([
  [String.raw`\n+$`, 'evidence of ours, once, when it is recorded'],
  ['=+$', 'a digest'],
  [String.raw`\[[^\]]*\]$`, 'a term of a host pattern, of 1,000 characters at most'],
  [String.raw`\[[^\]]*\]`, 'a term of a host pattern, of 1,000 characters at most'],
  [String.raw`^\s*:?\s*$`, 'what stands between two terms of an argument'],
  [String.raw`[\r\n]+$`, 'one line, with its one end'],
  [String.raw`\s+#.*$`, '500 characters'],
]);

/** `(.*?)\s*$` and its like. */
const BLANKS_AT_END = /[*+]\?\)*(?:\\s|\[[^\]]*\]| )[*+]\$/;

describe('Each regular expression of the source', function () {
  this.timeout(120_000);

  it('takes time linear in the text, whatever the text', () => {
    const found = expressions();
    assert.ok(found.length > 500);
    const slow = found.flatMap(({ place, expression }) => {
      if (SHORT.has(expression.source)) return [];
      const pump = [...PUMPS, ...wordsOf(expression.source)].find(
        (piece) => slowest(expression, piece) > inTime(SLOWEST_MS),
      );
      return pump === undefined ? [] : [`${place} ${String(expression)} on ${JSON.stringify(pump)} again and again`];
    });
    assert.deepEqual(slow, []);
  });

  it('leaves the blanks at the end to trimEnd: to look for them behind a short match takes the square of their number', () => {
    const slow = expressions().filter(({ expression }) => BLANKS_AT_END.test(expression.source));
    assert.deepEqual(
      slow.map(({ place, expression }) => `${place} ${String(expression)}`),
      [],
    );
  });
});

function slowest(expression: RegExp, piece: string): number {
  const text = piece.repeat(Math.ceil(LENGTH / piece.length)).slice(0, LENGTH);
  return Math.max(...[`${text}\u0000`, `${text}\n`].map((each) => tookBest(expression, each)));
}

/** The better of some tries: memory may be tidied up in one. */
function tookBest(expression: RegExp, text: string): number {
  let best = Infinity;
  for (let count = 0; count < 3 && best > SLOWEST_MS; count += 1) {
    const spent = startCpuClock();
    text.replace(expression, '');
    best = Math.min(best, spent());
  }
  return best;
}

/** Its own words, each of which may begin a match that does not end. */
const wordsOf = (source: string): readonly string[] =>
  [...source.matchAll(/(?:[A-Za-z0-9 :@/=-]|\\[/.-]){3,}/g)].map(([word]) => word.replaceAll('\\', ''));

function expressions(): readonly { readonly place: string; readonly expression: RegExp }[] {
  return globSync('src/**/*.ts', { cwd: ROOT }).flatMap((file) => {
    const code = stripTypeScriptTypes(readFileSync(join(ROOT, file), 'utf8'));
    const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
    return literalsIn(program).flatMap(({ regex, loc }) => {
      if (regex === undefined || regex === null) return [];
      const expression = new RegExp(regex.pattern, regex.flags.replace('d', ''));
      return [{ place: `${file}:${loc?.start.line ?? 0}`, expression }];
    });
  });
}

function literalsIn(node: unknown): readonly Literal[] {
  if (Array.isArray(node)) return node.flatMap(literalsIn);
  if (typeof node !== 'object' || node === null) return [];
  if ((node as Node).type === 'Literal') return [node as Literal];
  return Object.values(node).flatMap(literalsIn);
}
