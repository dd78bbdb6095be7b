import { Secret, type Word } from '../util/secret.ts';
import { sha256 } from '../util/sha256.ts';
import type { Script } from './script.ts';

export interface RenderedScript {
  readonly summary: string;
  readonly text: string;
  readonly sha256: string;
}

/**
 * A script with its data as a person would type it: what a plan shows, what an intent records, and what an approval's hash
 * is made of. Never executed. Secrets are masked, in the hash too: it must not tell whether a guess was right.
 */
export function renderScript(script: Script): RenderedScript {
  const lines = [
    ...Object.entries(script.env ?? {}).map(([name, word]) => `export ${name}=${quoted(word)}`),
    ...Object.entries(script.variables ?? {}).map(([name, word]) => `${name}=${quoted(word)}`),
    ...(script.args === undefined || script.args.length === 0 ? [] : [`set -- ${script.args.map(quoted).join(' ')}`]),
    script.text,
  ];
  const text = lines.join('\n');
  return { summary: script.summary, text, sha256: sha256(text) };
}

/** The same for the record and for plans: of a step with `no_log` its name stands for the command, and only the hash is told. */
export function recordedScript(script: Script, { noLog }: { readonly noLog: boolean }, name: string): RenderedScript {
  const rendered = renderScript(script);
  return noLog ? { summary: name, text: '', sha256: rendered.sha256 } : rendered;
}

function quoted(word: Word): string {
  if (word instanceof Secret) return word.toString();
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
