import type { Diagnostic, SourceFile, SourceRange } from '../model/source.ts';
import { printable, printableLine } from '../util/printable.ts';
import type { Style } from '../util/style.ts';
import { excerptOf } from './excerpt.ts';
import { hideSecrets, type ShownText } from './hide-secrets.ts';
import { paragraph } from './text.ts';

const MOST_SHOWN = 20;
const MOST_COLUMNS = 200;

export interface PrintOptions {
  readonly style: Style;
  readonly columns: number;
}

/**
 * What is wrong with files, for people: `file:line:col: error E_CODE: message`, the line with its neighbours and a caret under
 * the range, and the hint. At most 20; the rest is counted. Nothing in it can steer a terminal, and
 * lines that hold a secret are not shown.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceFile[],
  options: PrintOptions,
): string {
  const diagnosticsOf = (file: string) => diagnostics.filter(({ at }) => at.file === file);
  const shownOf = new Map(sources.map(({ file, text }) => [file, hideSecrets(text, diagnosticsOf(file))]));
  const blocks = diagnostics
    .slice(0, MOST_SHOWN)
    .map((diagnostic) => renderDiagnostic(diagnostic, shownOf.get(diagnostic.at.file) ?? NOTHING, options));
  const rest = diagnostics.length - blocks.length;
  if (rest > 0) blocks.push(`... and ${rest} more: correct these first\n`);
  return blocks.join('\n');
}

/** One line of JSON, with the place as plain members. */
export function diagnosticAsJson({ severity, code, message, hint, at, includedFrom }: Diagnostic): string {
  const { file, start, end } = at;
  const place = { file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  const from = includedFrom?.map((include) => ({
    file: include.file,
    line: include.start.line,
    column: include.start.column,
  }));
  return JSON.stringify({ ...place, severity, code, message, hint, includedFrom: from });
}

const NOTHING: ShownText = { text: '', hidden: new Set() };

function renderDiagnostic(
  diagnostic: Diagnostic,
  { text, hidden }: ShownText,
  { style, columns }: PrintOptions,
): string {
  const { severity, code, message, hint, at, includedFrom = [] } = diagnostic;
  const tone = severity === 'error' ? 'bad' : 'warn';
  const lines = [
    `${style('strong', `${placeOf(at)}:`)} ${style(tone, `${severity} ${code}:`)} ${hanging(message, '  ')}`,
  ];
  if (text !== '' && !hidden.has(at.start.line)) {
    for (const line of excerptOf(text, at, Math.min(columns, MOST_COLUMNS))) {
      const shown = line.kind === 'caret' ? style(tone, line.text) : line.text;
      lines.push(`  ${style('dim', line.gutter)} ${shown}`.trimEnd());
    }
  }
  for (const include of includedFrom) lines.push(`  ${style('dim', 'included from')} ${placeOf(include)}`);
  if (hint !== undefined) {
    const words = paragraph(hint, ' '.repeat(8), { style, columns: () => columns });
    lines.push(`  ${style('accent', 'hint:')} ${words.slice(8)}`);
  }
  return `${lines.join('\n')}\n`;
}

const placeOf = ({ file, start }: SourceRange): string => `${printableLine(file)}:${start.line}:${start.column}`;

const hanging = (text: string, indent: string): string => printable(text).replaceAll('\n', `\n${indent}`);
