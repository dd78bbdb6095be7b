import { fnmatch } from '../util/fnmatch.ts';
import { compilePattern } from '../util/pattern.ts';
import { err, ok, type Result } from '../util/result.ts';

/** The names of hosts and groups that a term of a host pattern means, its sign and members left out. */
export type NamePattern =
  | { readonly kind: 'name'; readonly name: string; readonly matchesAll: false }
  | {
      readonly kind: 'glob' | 'expression';
      readonly matches: (name: string) => boolean;
      /** Whatever a name may be. */
      readonly matchesAll: boolean;
    };

export interface NameError {
  readonly message: string;
  readonly hint: string;
}

/** A name of DNS has 253 characters. */
const LONGEST_TERM = 1000;

/** Is it longer than any name that a person writes? It is not looked at then. */
export const isTooLong = (term: string): boolean => term.length > LONGEST_TERM;

/** A name, a glob with `*`, `?`, `[abc]`, or an RE2 expression after `~` that is matched from the beginning of a name. */
export function readNames(text: string): Result<NamePattern, NameError> {
  if (isTooLong(text)) return err(TOO_LONG);
  if (text.startsWith('~')) return readExpression(text.slice(1));
  if (text.startsWith('@')) {
    const hint = '--limit takes a file with names, one a line: --limit @failed.txt';
    return err({ message: `has a file, which is not read here: ${text}`, hint });
  }
  if (!/[*?[]/.test(text)) return ok({ kind: 'name', name: text, matchesAll: false });
  const matches = fnmatch(text);
  return ok({ kind: 'glob', matches, matchesAll: PROBES.every(matches) });
}

export const TOO_LONG: NameError = {
  message: `has a term of more than ${LONGEST_TERM} characters`,
  hint: 'write one name, or one pattern of names, a term; a comma separates terms',
};

/** All that names begin with: what matches each of these is no choice. */
const PROBES = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'
  .split('')
  .map((each) => each.repeat(30));

/** Python means something else by these, or nothing at all, while RE2 takes them. */
const NOT_AS_IN_PYTHON: readonly (readonly [RegExp, hint: string])[] = [
  [/(?<!\\)\{[^}]*$/, 'a comma always separates terms: write [0-9][0-9]? for [0-9]{1,2}'],
  [/\[:/, 'write the letters: [a-z0-9]'],
  [/(?<!\\)(?:\\\\)*\\(?:[CEHKQRPXhpz]|x\{)/, 'write the letters out, $ for the end of the name'],
  [/\(\?<[^=!]/, 'a group needs no name'],
  [/\(\?[a-zA-Z]*U/, 'write *? for a short match'],
];

function readExpression(source: string): Result<NamePattern, NameError> {
  const refuse = (message: string, hint: string) =>
    err({ message: `has a regular expression that cannot be used: ${message}`, hint });
  const other = NOT_AS_IN_PYTHON.find(([pattern]) => pattern.test(source));
  if (other !== undefined) return refuse(`Python reads ${source} otherwise`, other[1]);
  const pattern = compilePattern(String.raw`\A(?:${source})`);
  if (!pattern.ok) {
    return refuse(pattern.error.message, 'RE2 has no (?=...), no (?!...) and no \\1; take hosts away with !~...');
  }
  const matches = (name: string): boolean => pattern.value.matches(name);
  return ok({ kind: 'expression', matches, matchesAll: PROBES.every(matches) });
}
