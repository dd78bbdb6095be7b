import { matchesGlob } from '../util/glob.ts';
import { err, ok, type Result } from '../util/result.ts';

/** One term of a host pattern: `web*`, `!web03`, `&staging`. */
export interface PatternTerm {
  readonly role: 'include' | 'intersect' | 'exclude';
  readonly text: string;
  readonly isGlob: boolean;
  matches(name: string): boolean;
}

export interface PatternError {
  readonly message: string;
  readonly hint: string;
}

const TERM = /^[A-Za-z0-9_.*?-]+$/;

/**
 * Reads a host pattern, a subset of Ansible's: terms separated by `,` or `:`. A term is a host, a group, `all`, or a glob with
 * `*` and `?` over the names of hosts and groups; `!term` takes hosts away, `&term` keeps only those also in it, wherever they
 * stand. Ansible's `~regex`, `name[0]` and `@file` are refused, and so is a pattern that only takes away: "the rest" of what is
 * never guessed to be all hosts.
 */
export function parseHostPattern(pattern: string): Result<readonly PatternTerm[], PatternError> {
  if (pattern.trim() === '') {
    return err({ message: 'is empty', hint: 'name hosts or groups; all hosts are written out: all' });
  }
  const terms: PatternTerm[] = [];
  for (const part of pattern.split(/[,:]/)) {
    const term = parseTerm(part.trim());
    if (!term.ok) return term;
    terms.push(term.value);
  }
  if (!terms.some((term) => term.role === 'include')) {
    return err({
      message: 'only takes hosts away and names none',
      hint: `to mean all others, write it out: "all:${pattern.trim()}"`,
    });
  }
  return ok(terms);
}

function parseTerm(part: string): Result<PatternTerm, PatternError> {
  const role = part.startsWith('!') ? 'exclude' : part.startsWith('&') ? 'intersect' : 'include';
  const text = role === 'include' ? part : part.slice(1);
  if (text === '') {
    return err({ message: 'has an empty term', hint: 'write names separated by single commas, such as web01,web02' });
  }
  if (!TERM.test(text)) {
    return err({
      message: `has a term that is not understood: ${text}`,
      hint: 'use names, * and ?, all, !name, &name; regular expressions, [ ] and @file are not supported',
    });
  }
  if (/^\*+$/.test(text) && role === 'include') {
    return err({ message: 'matches everything', hint: 'all hosts are written out: all' });
  }
  return ok({ role, text, isGlob: /[*?]/.test(text), matches: (name) => matchesGlob(text, name) });
}
