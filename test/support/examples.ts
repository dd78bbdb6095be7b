import { readFileSync } from 'node:fs';

/** Ten runbooks for real incidents, as their authors wrote them. */
export const EXAMPLES = new URL('../load/examples/', import.meta.url);

export function example(name: string): string {
  return readFileSync(new URL(name, EXAMPLES), 'utf8');
}
