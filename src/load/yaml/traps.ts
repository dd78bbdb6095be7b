import type { YAMLException } from 'js-yaml';
import type { Report } from '../report.ts';

const ENTRY = /^(\s*(?:- +)*)([A-Za-z_][\w-]*):[ \t]+(\S.*)$/;
const QUOTED_OR_SPAN = /'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|\$\{\{.*?\}\}/g;
const ITEM = /^(\s*(?:- +)+)()(\S.*)$/;

/** Says what a YAML syntax error most likely comes from, and shows the line as it must be written. */
export function reportSyntaxError(error: YAMLException, report: Report, shift: number): void {
  const offset = (error.mark?.position ?? 0) + shift;
  const span = { start: offset, end: offset + 1 };
  const reason = error.reason;
  if (reason.startsWith('nesting exceeded')) {
    report.error('E_DEPTH', span, 'nesting is deeper than 32', 'write it flatter');
    return;
  }
  const line = report.lines.lineAt(offset);
  const tab = /^ *\t/.exec(line.text);
  if (tab !== null) {
    const at = line.start + tab[0].length - 1;
    report.error('E_YAML', { start: at, end: at + 1 }, 'tabs are not allowed as indentation', 'use spaces');
    return;
  }
  const entry = ENTRY.exec(line.text) ?? ITEM.exec(line.text);
  if (entry !== null && !reason.startsWith('unexpected end') && isQuotable(entry[3] ?? '')) {
    const [, lead = '', key = '', value = ''] = entry;
    report.error(
      'E_YAML',
      span,
      `YAML cannot read this value: ${whatIsSpecial(value)}`,
      `${lead.trimStart()}${key === '' ? '' : `${key}: `}${quoted(value)}`,
    );
    return;
  }
  report.error('E_YAML', span, `this is not YAML: ${reason}`, hintFor(reason));
}

/** The value as it must be written: single quotes when it holds double ones, and the other way round. */
export function quoted(value: string): string {
  if (/^[[{]/.test(value) && value.includes('${{'))
    return value.replaceAll(QUOTED_OR_SPAN, (part) => (part.startsWith('$') ? quoted(part) : part));
  if (value.includes('\\') || value.includes('"')) return `'${value.replaceAll("'", "''")}'`;
  return `"${value}"`;
}

function isQuotable(value: string): boolean {
  if (/^["']/.test(value)) return /^(["']).*?\1\s*\S/.test(value);
  if (/^[[{]/.test(value) && value.includes('${{') && quoted(value) === value) return false;
  return /^[![\]{}*&%@>|`,#]/.test(value) || /: | #|\$\{\{/.test(value) || value.endsWith(':');
}

function whatIsSpecial(value: string): string {
  if (/^[[{]/.test(value) && value.includes('${{')) return '${{ }} inside [ ] or { } must be quoted';
  if (/^["']/.test(value)) return 'it goes on after its closing quote';
  const first = /^[![\]{}*&%@>|`,#]/.exec(value);
  if (first !== null) return `a value that starts with ${first[0]} must be quoted`;
  return value.includes(' #') ? 'a value with " #" must be quoted' : 'a value with ": " must be quoted';
}

function hintFor(reason: string): string {
  if (reason.includes('quoted scalar')) return 'a quote is not closed';
  if (reason.includes('flow collection')) return 'a [ or { is not closed';
  if (reason.includes('indentation')) return 'check the indentation, and quote the value if it has special characters';
  return 'check the line and the one before it';
}
