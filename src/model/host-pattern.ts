import { err, ok, type Result } from '../util/result.ts';
import { isTooLong, readNames, type NamePattern, TOO_LONG } from './name-pattern.ts';

/** One term of a host pattern: `web*`, `!web03`, `&staging`, `web[0:2]`. */
export interface PatternTerm {
  /** Whatever their places, hosts are first added, then narrowed, then taken away. */
  readonly role: 'include' | 'intersect' | 'exclude';
  /** As it is written, without its sign. */
  readonly text: string;
  readonly names: NamePattern;
  readonly members?: Members;
}

/** Which of the hosts that the names stand for, counted from 0. `last` is one of them; absent: only the first. */
export interface Members {
  /** Negative: from the end. */
  readonly first: number;
  readonly last?: number;
}

export interface PatternError {
  /** Follows on the pattern: `has an empty term`. */
  readonly message: string;
  readonly hint: string;
}

/**
 * Reads a host pattern as Ansible does: terms separated by `,`, else by `:` or spaces. A term is a host, a group, `all`, a glob
 * over the names of both, or a regular expression after `~`; `[0]`, `[-1]`, `[0:2]`, `[1:]` after it take some of its hosts.
 * What would choose all hosts without saying `all` is refused, and what drops out of a pattern in silence there.
 */
export function parseHostPattern(pattern: string): Result<readonly PatternTerm[], PatternError> {
  const texts = splitHostPattern(pattern);
  return texts.ok ? parseTerms(texts.value) : texts;
}

/** The terms, trimmed, signs included. */
export function splitHostPattern(pattern: string): Result<readonly string[], PatternError> {
  const text = pattern.trim();
  if (text === '') return err({ message: 'is empty', hint: 'name hosts or groups; all hosts are written out: all' });
  const parts = text.includes(',') || isOneAddress(text) ? text.split(',') : splitAtColons(text);
  if (parts === undefined) return err(UNCLOSED);
  const terms = parts.map((part) => part.trim());
  if (!terms.some((term) => /^[!&]?$/.test(term))) return ok(terms);
  return err({
    message: 'has an empty term',
    hint: 'write names separated by single commas, such as web01,web02; a variable in it may have been empty',
  });
}

/** Terms that were split before, or are lines of a file. */
export function parseTerms(texts: readonly string[]): Result<readonly PatternTerm[], PatternError> {
  const terms: PatternTerm[] = [];
  for (const text of texts) {
    const term = parseTerm(text);
    if (!term.ok) return term;
    terms.push(term.value);
  }
  if (terms.some(({ role }) => role === 'include')) return ok(terms);
  const rest = texts.join(texts.some((text) => text.includes(':')) ? ',' : ':');
  return err({
    message: 'only takes hosts away and names none',
    hint: `to mean all others, write it out: "all${rest.includes(',') ? ',' : ':'}${rest}"`,
  });
}

export const MATCHES_ALL: PatternError = { message: 'matches everything', hint: 'all hosts are written out: all' };

const UNCLOSED: PatternError = {
  message: 'has a [ or a ] without the other one',
  hint: 'members are written web[0] or web[0:2], one of several letters web[abc]*; a comma always separates terms',
};

const UNIT = String.raw`(?:[^\s:[\]]|\[[^\]]*\])`;
const UNITS = new RegExp(`${UNIT}+`, 'g');

/** Not inside brackets. Undefined when a bracket has no partner. An empty part is kept. */
function splitAtColons(text: string): readonly string[] | undefined {
  if (hasOpenBracket(text) || /[[\]]/.test(text.replace(UNITS, ''))) return undefined;
  const between = text.split(UNITS).slice(1, -1);
  const parts = text.match(UNITS) ?? [];
  const isSplitWell = /^[^:]/.test(text) && !text.endsWith(':') && between.every((each) => /^\s*:?\s*$/.test(each));
  return isSplitWell ? parts : [...parts, ''];
}

/** Looked for first: from each such bracket the expressions here would look for its end. */
const hasOpenBracket = (text: string): boolean => text.lastIndexOf('[') > text.lastIndexOf(']');

const RANGE = String.raw`\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`;
const LABEL = String.raw`(?:[\p{L}\p{N}_]|${RANGE})(?:[\p{L}\p{N}_-]|${RANGE})*(?<![_-])`;
const NAME_AND_PORT = new RegExp(String.raw`^${LABEL}(?:\.${LABEL})*:[0-9]+$`, 'iu');

const IPV6 = /^(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?!.*::.*::)[0-9a-f:]*::[0-9a-f:]*(?:\d+(?:\.\d+){3})?)$/i;

/** Its colons separate nothing. */
const isOneAddress = (text: string): boolean =>
  (text.length <= LONGEST_IPV6 && IPV6.test(text)) || NAME_AND_PORT.test(text);
const LONGEST_IPV6 = 45;

function parseTerm(written: string): Result<PatternTerm, PatternError> {
  if (isTooLong(written)) return err(TOO_LONG);
  const role = written.startsWith('!') ? 'exclude' : written.startsWith('&') ? 'intersect' : 'include';
  const text = role === 'include' ? written : written.slice(1);
  const subscript = text.startsWith('~') ? ok({ text }) : splitSubscript(text);
  if (!subscript.ok) return subscript;
  const { text: names, ...members } = subscript.value;
  const read = readNames(names);
  if (!read.ok) return read;
  if (role === 'include' && read.value.matchesAll) return err(MATCHES_ALL);
  return ok({ role, text, names: read.value, ...members });
}

const SUBSCRIPT = /^(.+)\[(?:(-?\d+)|(\d+)([:-])(\d*))\]$/s;

function splitSubscript(text: string): Result<{ readonly text: string; readonly members?: Members }, PatternError> {
  const [, names = '', index, first = '', separator, last = ''] = SUBSCRIPT.exec(text) ?? [];
  if (names === '') {
    const isOpen = hasOpenBracket(text) || /[[\]]/.test(text.replaceAll(/\[[^\]]*\]/g, ''));
    return isOpen ? err(UNCLOSED) : ok({ text });
  }
  if (index !== undefined) return ok({ text: names, members: { first: Number(index) } });
  if (separator === ':') return ok({ text: names, members: { first: Number(first), ...lastOf(last) } });
  return err({
    message: `has a term that Ansible reads otherwise than it looks: ${text}`,
    hint: `members ${first} to ${last || 'the last'} of a group: ${names}[${first}:${last}]; letters of a name: ~${names}[${first}-${last || '9'}]$`,
  });
}

/** `[3:0]` is only the fourth, as in Ansible. */
function lastOf(last: string): Pick<Members, 'last'> {
  if (last === '') return { last: Infinity };
  return Number(last) === 0 ? {} : { last: Number(last) };
}
