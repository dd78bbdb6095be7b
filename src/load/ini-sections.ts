import type { Report } from './report.ts';
import type { Span } from './line-map.ts';

/** One setting of a configuration file. */
export interface IniSetting {
  readonly section: string;
  /** In lower case. */
  readonly key: string;
  /** Lines that continue it, joined by line breaks. */
  readonly value: string;
  readonly at: Span;
}

/**
 * The settings of a file as Python's `configparser` reads it: `key = value` or `key: value` in `[sections]`, lines that begin
 * with `#` or `;` and what follows on ` ;` are comments, an indented line continues the value before it.
 */
export function readIniSections(report: Report): readonly IniSetting[] {
  const settings: { section: string; key: string; value: string; at: Span; indent: number }[] = [];
  const seen = new Set<string>();
  let section: string | undefined;
  let isOpen = false;
  let offset = 0;
  for (const line of report.source.text.split('\n')) {
    const start = offset;
    offset += line.length + 1;
    const text = withoutComment(line.replace(/^\uFEFF/, ''));
    if (text.trim() === '') continue;
    const at = { start: start + (line.length - line.trimStart().length), end: start + line.trimEnd().length };
    const indent = text.length - text.trimStart().length;
    const last = settings.at(-1);
    if (isOpen && last !== undefined && indent > last.indent) {
      last.value += `\n${text.trim()}`;
      continue;
    }
    const head = /^\[(.+)\]/.exec(text.trim());
    if (head !== null) {
      section = head[1] ?? '';
      isOpen = false;
      if (seen.has(`[${section}]`))
        report.error('E_DUPKEY', at, `the section [${section}] is there twice`, 'join the two');
      seen.add(`[${section}]`);
      continue;
    }
    const words = text.trim();
    const sign = words.search(/[=:]/);
    if (section === undefined || sign <= 0) {
      report.error('E_SYNTAX', at, 'this is neither a [section] nor key = value', 'correct it, or put # before it');
      return [];
    }
    const key = words.slice(0, sign).trimEnd();
    const name = `${section}\n${key.toLowerCase()}`;
    if (seen.has(name)) report.error('E_DUPKEY', at, `${key} is set twice in [${section}]`, 'remove one of the two');
    seen.add(name);
    settings.push({ section, key: key.toLowerCase(), value: words.slice(sign + 1).trimStart(), at, indent });
    isOpen = true;
  }
  return settings.map(({ indent: _indent, ...setting }) => setting);
}

function withoutComment(line: string): string {
  if (/^\s*[#;]/.test(line)) return '';
  const comment = /\s;/.exec(line);
  return (comment === null ? line : line.slice(0, comment.index)).trimEnd();
}
