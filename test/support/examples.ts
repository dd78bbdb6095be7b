import { readFileSync } from 'node:fs';

/** Ten runbooks for real incidents, as their authors wrote them. */
export const EXAMPLES = new URL('../load/examples/', import.meta.url);

/** The one key of them that this version refuses. */
export const LIMITS = /^limits:.*\n/m;

export function example(name: string): string {
  return readFileSync(new URL(name, EXAMPLES), 'utf8');
}
