import { RE2JS, RE2JSSyntaxException } from 're2js';
import { err, ok, type Result } from './result.ts';

/** A compiled RE2 pattern: matching takes time linear in the text, whatever the pattern. */
export interface Pattern {
  /** Unanchored. */
  matches(text: string): boolean;
}

const MAX_LENGTH = 2000;
const compiled = new Map<string, Result<Pattern, string>>();

/** Compiles an RE2 pattern; the error is RE2's own complaint. Remembered, for the same pattern is used on every host. */
export function compilePattern(source: string): Result<Pattern, string> {
  let result = compiled.get(source);
  if (result === undefined) {
    result = compile(source);
    if (compiled.size >= 1000) compiled.clear();
    compiled.set(source, result);
  }
  return result;
}

function compile(source: string): Result<Pattern, string> {
  if (source.length > MAX_LENGTH) return err(`a pattern may have at most ${MAX_LENGTH} characters`);
  try {
    const pattern = RE2JS.compile(source);
    return ok({ matches: (text) => pattern.matcher(text).find() });
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) {
      const part = error.getPattern();
      return err(error.getDescription() + (part === null || part === '' ? '' : `: ${part}`));
    }
    return err(error instanceof Error ? error.message : 'cannot be compiled');
  }
}
