import { err, ok, type Result } from '../../util/result.ts';

/**
 * Shell functions that print what commands say in sections which no content can forge: a head `@NAME CODE`, then every line of
 * content behind a `|`. To be put in front of a script's own text, which ends with `sections_end`.
 *
 * `section NAME COMMAND...` keeps the command's standard output (its errors go to the script's), `section_all` both streams.
 * Afterwards `$section_code` and `$section_text` are there for decisions. NUL bytes and empty lines at the end are dropped.
 */
export const SECTIONS = `
section() {
  section_name=$1; shift
  section_text=$("$@"); section_code=$?
  section_print
}
section_all() {
  section_name=$1; shift
  section_text=$("$@" 2>&1); section_code=$?
  section_print
}
section_print() {
  printf '@%s %s\\n' "$section_name" "$section_code"
  [ -z "$section_text" ] || printf '%s\\n' "$section_text" | sed 's/^/|/'
}
sections_end() { printf '@end 0\\n'; }
`;

export interface Section {
  /** The command's exit code. */
  readonly code: number;
  readonly lines: readonly string[];
}

export type Sections = ReadonlyMap<string, Section>;

const HEAD = /^@([A-Za-z0-9_.-]+) (\d{1,3})$/;

/**
 * Reads what `SECTIONS` printed. Anything else than sections, each once, up to `@end` is an error: a host that answers
 * something unexpected has not answered.
 */
export function readSections(stdout: string): Result<Sections, string> {
  const sections = new Map<string, { readonly code: number; readonly lines: string[] }>();
  let lines: string[] | undefined;
  for (const line of stdout.replace(/\n$/, '').split('\n')) {
    if (sections.has('end')) return err(`unexpected output after the end: ${excerpt(line)}`);
    if (line.startsWith('|')) {
      if (lines === undefined) return err(`unexpected output before the first section: ${excerpt(line)}`);
      lines.push(line.slice(1));
      continue;
    }
    const [, name, code] = HEAD.exec(line) ?? [];
    if (name === undefined || code === undefined) return err(`unexpected output: ${excerpt(line)}`);
    if (sections.has(name)) return err(`section ${name} came twice`);
    lines = [];
    sections.set(name, { code: Number(code), lines });
  }
  if (!sections.has('end')) return err('the output is cut short');
  return ok(sections);
}

/** At most `limit` characters of one line, for messages. */
export function excerpt(line: string, limit = 200): string {
  return line.length > limit ? `${line.slice(0, limit)}...` : line;
}
