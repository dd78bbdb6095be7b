import type { Script } from '../../model/script.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { Secret, type Word } from '../../util/secret.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** One word of POSIX shell that stands for exactly these characters. The only place where data becomes source. */
export function quote(word: Word): string {
  const text = word instanceof Secret ? word.reveal() : word;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** As `quote`, but without quotes where none are needed: for a command that a person reads and pastes. */
export const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : quote(text));

/** The script as source: its variables, environment and arguments assigned, then its text. Fails on what no shell can hold. */
export function scriptSource(script: Script): Result<string, string> {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(script.variables ?? {})) {
    if (!NAME.test(name)) return err(`${JSON.stringify(name)} is not the name of a shell variable`);
    lines.push(`${name}=${quote(value)}`);
  }
  for (const [name, value] of Object.entries(script.env ?? {})) {
    if (!NAME.test(name)) return err(`${JSON.stringify(name)} is not the name of an environment variable`);
    lines.push(`export ${name}=${quote(value)}`);
  }
  if (script.args !== undefined) lines.push(['set --', ...script.args.map(quote)].join(' '));
  const source = [...lines, script.text].join('\n');
  return source.includes('\0')
    ? err('its text or one of its values has a NUL byte, which no shell can hold')
    : ok(source);
}
