import { RE2JS, RE2JSSyntaxException } from 're2js';
import { err, ok, type Result } from './result.ts';

/** A compiled RE2 pattern: matching takes time linear in the text, whatever the pattern. */
export interface Pattern {
  readonly groupCount: number;
  /** Unanchored. */
  matches(text: string): boolean;
  /** All matches from left to right, none within another. */
  matchAll(text: string): readonly PatternMatch[];
}

export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  /** The whole, then each group; a group that took no part is empty. */
  readonly groups: readonly string[];
}

export interface PatternError {
  /** RE2's own complaint. */
  readonly message: string;
  /** The part of the pattern it is about; empty when it is about all of it. */
  readonly part: string;
}

const MAX_LENGTH = 2000;
const compiled = new Map<string, Result<Pattern, PatternError>>();

/** Compiles an RE2 pattern of at most 2,000 characters. Remembered, for the same pattern is used on every host. */
export function compilePattern(source: string): Result<Pattern, PatternError> {
  let result = compiled.get(source);
  if (result === undefined) {
    result = compile(source);
    if (compiled.size >= 1000) compiled.clear();
    compiled.set(source, result);
  }
  return result;
}

function compile(source: string): Result<Pattern, PatternError> {
  if (source.length > MAX_LENGTH) return err({ message: `it has more than ${MAX_LENGTH} characters`, part: '' });
  try {
    const pattern = RE2JS.compile(source);
    return ok({
      groupCount: pattern.groupCount(),
      matches: (text) => pattern.test(text),
      matchAll: (text) => matchAll(pattern, text),
    });
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) {
      const part = error.getPattern() ?? '';
      return err({ message: error.getDescription() + (part === '' ? '' : `: ${part.slice(0, 80)}`), part });
    }
    return err({ message: error instanceof Error ? error.message : 'it cannot be compiled', part: '' });
  }
}

function matchAll(pattern: RE2JS, text: string): readonly PatternMatch[] {
  const matcher = pattern.matcher(text);
  const matches: PatternMatch[] = [];
  while (matcher.find()) {
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? '');
    matches.push({ start: matcher.start(), end: matcher.end(), groups });
  }
  return matches;
}
