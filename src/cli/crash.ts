import { Redactor } from '../util/redact.ts';
import type { Secret } from '../util/secret.ts';

/** Pure: what is told of a bug, with the place where it showed, and without the values of secrets that its message may quote. */
export function crashText(bug: unknown, secrets: Iterable<Secret>): string {
  const what = bug instanceof Error ? (bug.stack ?? bug.message) : String(bug);
  return `internal error, please report it with the command line: ${withoutSecrets(what, secrets)}\n`;
}

function withoutSecrets(text: string, secrets: Iterable<Secret>): string {
  try {
    return new Redactor(secrets).text(text);
  } catch {
    return 'its text is kept back, as it could not be searched for secrets';
  }
}
