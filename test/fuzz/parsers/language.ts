import assert from 'node:assert/strict';
import { contextsOf } from '../../../src/load/shell/lexer.ts';
import { scanSpans } from '../../../src/load/spans.ts';
import { loadRunbook } from '../../../src/load/runbook.ts';
import { parseHostPattern } from '../../../src/model/host-pattern.ts';
import { readLiteral, readText } from '../../../src/model/literal.ts';
import { readNames } from '../../../src/model/name-pattern.ts';
import type { Type } from '../../../src/model/type.ts';
import { parseDuration, parseSignedDuration } from '../../../src/util/duration.ts';
import { fnmatch } from '../../../src/util/fnmatch.ts';
import { matchesGlob } from '../../../src/util/glob.ts';
import { patternLiterals } from '../../../src/util/pattern-literals.ts';
import { compilePattern } from '../../../src/util/pattern.ts';
import { splitShellWords } from '../../../src/util/shell-words.ts';
import { TEST_ACTIONS } from '../../support/actions-for-tests.ts';
import { BASE_RUNBOOK } from '../../support/base-runbook.ts';
import { scopeWith } from '../../support/scope.ts';
import { assertLoaded, assertResult, type Parser } from '../parser.ts';
import { EXPRESSION_WORDS, SHELL_WORDS } from './words.ts';

const TYPES: readonly Type[] = [
  { kind: 'string' },
  { kind: 'int', minimum: 0, maximum: 10 },
  { kind: 'double' },
  { kind: 'bool' },
  { kind: 'duration' },
  { kind: 'timestamp' },
  { kind: 'size' },
  { kind: 'percent' },
  { kind: 'secret' },
  { kind: 'since' },
  { kind: 'pattern' },
  { kind: 'patterns' },
  { kind: 'list', of: { kind: 'int' } },
  { kind: 'map', of: { kind: 'duration' } },
];

const PATTERN_WORDS = [
  '(',
  ')',
  '(?i)',
  '(?:',
  '(?P<a>',
  '[',
  ']',
  '[^',
  '\\d',
  '\\p{L}',
  '\\Q',
  '\\E',
  '*',
  '+',
  '?',
  '{1,9}',
  '{1000}',
  '|',
  '^',
  '$',
  '.',
  'abc',
  '\\',
  '\\x{',
  '🙂',
];

/** One expression in the place of `expect` of the base runbook, on lines of its own. */
const expecting = (text: string): string =>
  BASE_RUNBOOK.replace('expect: result.active', () => `expect: ${JSON.stringify(text.toWellFormed())}`);

const shellOf = (text: string): string =>
  BASE_RUNBOOK.replace(
    /verify:\n[\s\S]*/,
    () => `verify:\n  - effect: reads\n    expect: result.code == 0\n    shell: |\n${indented(text)}\n`,
  );

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n');

/** What stands inside of files, and what is typed. */
export const LANGUAGE: readonly Parser[] = [
  {
    name: 'expression',
    corpus: [
      'svc.active && log.counts.full == 0',
      'params.names.filter(x, x.startsWith("a")).map(x, x + "b").join(", ") != ""',
      'has(svc.unit) ? size(params.names) > 3 : !(svc.unit in ["a", "b"])',
      'duration("5m") < time.now - timestamp("2026-01-01T00:00:00Z")',
      'svc.unit.matches(re("^a+$")) || {"a": 1, "b": [2]}["a"] == 1',
    ],
    words: EXPRESSION_WORDS,
    cap: 20_000,
    check(text) {
      const whole = expecting(text);
      const { runbook, diagnostics } = loadRunbook({ file: 'base.yaml', text: whole }, TEST_ACTIONS);
      assertLoaded(runbook, diagnostics, whole);
      const condition = runbook?.verify?.steps[0]?.expect[0];
      condition?.explain(scopeWith());
      return [diagnostics.map(({ message }) => message), condition?.evaluate(scopeWith())];
    },
  },
  {
    name: 'spans of a text',
    corpus: ['a ${{ svc.unit }} b', '${{ {"a": {"b": "}}"}} }}', "${{ '\\'' }}"],
    words: ['${{', '}}', '{', '}', '"', "'", '\\', 'r"', '"""', '$', ' ', 'a', '\n', '${{ a }}'],
    check: (text) => scanSpans(text),
  },
  {
    name: 'shell text',
    corpus: [
      'set -e\nfor f in *; do echo "$f" ${{ svc.unit }}; done\n',
      'cat <<E\n${{ svc.unit }}\nE\ncase $x in a) echo \'b\';; *) c=$(( 1 + ${y:-"z"} ));; esac\n',
      'x=`echo "a\\`b"`; echo $(echo "${x#*"b"}") # no ${{ svc.unit }}\n',
    ],
    words: SHELL_WORDS,
    check(text) {
      const whole = shellOf(text);
      const { runbook, diagnostics } = loadRunbook({ file: 'base.yaml', text: whole }, TEST_ACTIONS);
      assertLoaded(runbook, diagnostics, whole);
      return diagnostics.map(({ message }) => message);
    },
  },
  {
    name: 'lexer of the shell',
    corpus: ['cat <<E\nx\nE\ncase $x in a) echo \'b\';; *) c=$(( 1 + ${y:-"z"} ));; esac\n', 'x=`a "$(b)"`'],
    words: SHELL_WORDS,
    check(text) {
      const marks = new Set(Array.from({ length: 50 }, (_, index) => Math.floor((index * text.length) / 50)));
      return contextsOf(text, marks);
    },
  },
  {
    name: 'host pattern',
    corpus: ['web*:&prod:!web01', 'db[0:2],web[abc]*', '~^web\\d+$', '@failed.txt', '2001:db8::1', 'all:!~x{2,3}'],
    words: [
      ':',
      ',',
      '&',
      '!',
      '~',
      '[',
      ']',
      '*',
      '?',
      '-',
      '0',
      '@',
      ' ',
      '(',
      ')',
      '|',
      '\\',
      '::',
      'all',
      '[-1]',
      '[0:]',
    ],
    // No argument of a program is longer.
    cap: 128 * 1024,
    check(text) {
      const terms = parseHostPattern(text);
      assertResult(terms);
      return terms.ok ? terms.value.length : terms;
    },
  },
  {
    name: 'pattern of names',
    corpus: ['web*', '~^a+$', 'a,b', 'web[0:3]', '@x'],
    words: ['*', '?', '[', ']', '!', '~', '@', ',', '(', ')', '+', '\\', 'a', '-', '{9}'],
    check(text) {
      const names = readNames(text);
      assertResult(names);
      return names.ok;
    },
  },
  {
    name: 'value of a param',
    corpus: [
      '5m',
      '1h30m',
      '90%',
      '10MB',
      '2026-01-31T08:00:00Z',
      '[1, 2]',
      '{"a": "5m"}',
      '1.5',
      'true',
      'fix',
      '^a+$',
    ],
    words: [
      '1',
      '.',
      'e',
      '-',
      'h',
      'ms',
      '%',
      'MB',
      'GiB',
      'T',
      'Z',
      ':',
      '[',
      ']',
      '{',
      '}',
      '"',
      ',',
      '9007199254740993',
      '__proto__',
    ],
    check(text) {
      const results = TYPES.flatMap((type) => [readText(type, text), readLiteral(type, text)]);
      for (const result of results) assertResult(result);
      return results.map(({ ok }) => ok);
    },
  },
  {
    name: 'duration',
    corpus: ['5m', '1h30m', '500ms', '-1h', '1d12h', '0.5s'],
    words: ['1', '0', '9', '.', '-', 'd', 'h', 'm', 's', 'ms', 'e', ' ', '99999999999', '٣'],
    check(text) {
      const results = [parseDuration(text), parseSignedDuration(text)];
      for (const result of results) {
        assertResult(result);
        if (result.ok) assert.ok(Number.isSafeInteger(result.value), String(result.value));
      }
      return results;
    },
  },
  {
    name: 'wildcards',
    corpus: ['web*', '[!a-c]?x', '*.example.com', '[]a]', '**a*b'],
    words: ['*', '?', '[', ']', '!', '^', '-', 'a', 'b', '\\', '[a-z]', '🙂'],
    // Whoever takes them takes no longer ones.
    cap: 1024,
    check(text) {
      const names = ['', 'a', 'web01.example.com', 'a'.repeat(300), 'ab'.repeat(100)];
      return names.map((name) => [fnmatch(text)(name), matchesGlob(text, name)]);
    },
  },
  {
    name: 'pattern of RE2',
    corpus: ['(?i)no space left on device \\(errno (\\d+)\\)', '^(a+)+$', '[[:alpha:]_]{2,5}|x', '\\Qa.b\\E'],
    words: PATTERN_WORDS,
    cap: 4000,
    check(text) {
      const pattern = compilePattern(text);
      assertResult(pattern);
      if (!pattern.ok) return pattern.error;
      patternLiterals(text);
      return [pattern.value.matches('a'.repeat(200)), pattern.value.matchAll('abc 1 abc').length];
    },
  },
  {
    name: 'words of a command line',
    corpus: ['ssh -o "ProxyCommand=nc %h %p" \'a b\' c\\ d # e'],
    words: ['"', "'", '\\', ' ', '\t', '\n', '#', '$', '`', 'a', '-', '\\\n'],
    check(text) {
      const results = [splitShellWords(text, { comments: true }), splitShellWords(text, { comments: false })];
      for (const result of results) assertResult(result);
      return results.map(({ ok }) => ok);
    },
  },
];
