import type { SourceRange } from '../../model/source.ts';
import { count } from '../../util/count.ts';
import { suggestClose } from '../../util/suggest.ts';
import { isSecretVariable, KNOWN_VARIABLES } from './connection/connection-variables.ts';
import { rangeOf, type Variable } from './entries.ts';
import type { Notes } from './notes.ts';

/**
 * Warns of each name that is a letter or two away from one that decides how hosts are reached, and tells of passwords in clear text, as
 * `passwords` says: once each, however many hosts and files have it.
 */
export function checkVariables(variables: Iterable<Variable>, passwords: 'warn' | 'refuse', notes: Notes): void {
  const known: ReadonlySet<string> = new Set(KNOWN_VARIABLES);
  const inClear: SourceRange[] = [];
  const unknown = new Map<string, SourceRange[]>();
  for (const { name, value, where } of variables) {
    if (isSecretVariable(name) && isClearText(value)) inClear.push(rangeOf(where));
    if (!/^(?:ansible|runbook)_/.test(name) || known.has(name)) continue;
    unknown.set(name, [...(unknown.get(name) ?? []), rangeOf(where)]);
  }
  for (const [name, places] of unknown) warnOfName(name, places, notes);
  tellOfPasswords(inClear, passwords, notes);
}

const isClearText = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value !== '' && !/\{[{%]/.test(value));

function warnOfName(name: string, places: readonly SourceRange[], notes: Notes): void {
  const near = suggestClose(name, KNOWN_VARIABLES);
  const [first, ...others] = inOrder(places);
  if (near === undefined || first === undefined) return;
  const all = others.length === 0 ? name : `${name}, here and ${count(others.length, 'more time')},`;
  notes.warn('W_UNKNOWN_KEY', first, `${all} has no effect`, `did you mean ${near}?`);
}

function tellOfPasswords(places: readonly SourceRange[], passwords: 'warn' | 'refuse', notes: Notes): void {
  const [first] = inOrder(places);
  if (first === undefined) return;
  const files = new Set(places.map(({ file }) => file)).size;
  const where = files === 1 ? '' : ` in ${files} files`;
  const all =
    places.length === 1
      ? 'a clear-text password'
      : `clear-text passwords: ${places.length}${where}, the first one here`;
  const hint = 'write !secret NAME, and the password where runbook run --help says; or put it into a vault';
  if (passwords === 'refuse') {
    notes.refuse('E_PLAINTEXT_SECRET', first, `${all}; the configuration refuses that`, hint);
    return;
  }
  const who = files === 1 ? 'this file has it' : 'these files has them';
  notes.warn('W_PLAINTEXT_SECRET', first, `${all}; whoever reads ${who}`, hint);
}

/** The first file stays the first; in it, as written. */
function inOrder(places: readonly SourceRange[]): readonly SourceRange[] {
  const files = [...new Set(places.map(({ file }) => file))];
  return places.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.start.offset - b.start.offset);
}
