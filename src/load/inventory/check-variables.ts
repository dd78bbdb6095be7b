import { suggestClose } from '../../util/suggest.ts';
import { isSecretVariable, KNOWN_VARIABLES } from './connection-variables.ts';
import { rangeOf, type Variable } from './entries.ts';
import type { Notes } from './notes.ts';

/**
 * Warns of a name that is a letter or two away from one that decides how hosts are reached, and once a file of passwords that stand
 * in it in clear text.
 */
export function checkVariables(variables: Iterable<Variable>, notes: Notes): void {
  const known: ReadonlySet<string> = new Set(KNOWN_VARIABLES);
  const inClear = new Map<string, Variable[]>();
  for (const variable of variables) {
    const { name, value, where } = variable;
    if (isSecretVariable(name) && isClearText(value)) {
      const { file } = rangeOf(where);
      inClear.set(file, [...(inClear.get(file) ?? []), variable]);
    }
    if (!/^(?:ansible|runbook)_/.test(name) || known.has(name)) continue;
    const near = suggestClose(name, KNOWN_VARIABLES);
    if (near !== undefined)
      notes.warn('W_UNKNOWN_KEY', rangeOf(where), `${name} has no effect`, `did you mean ${near}?`);
  }
  for (const found of inClear.values()) warnOfPasswords(found, notes);
}

const isClearText = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value !== '' && !/\{[{%]/.test(value));

function warnOfPasswords(found: readonly Variable[], notes: Notes): void {
  const [first] = found.map(({ where }) => rangeOf(where)).toSorted((a, b) => a.start.offset - b.start.offset);
  if (first === undefined) return;
  const all =
    found.length === 1 ? 'a clear-text password' : `clear-text passwords: ${found.length}, the first one here`;
  const hint = 'write !secret NAME, and the password where runbook run --help says; or put it into a vault';
  notes.warn('W_PLAINTEXT_SECRET', first, `${all}; whoever reads this file has it`, hint);
}
