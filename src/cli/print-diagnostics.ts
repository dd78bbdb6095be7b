import type { Diagnostic, SourceFile } from '../model/source.ts';
import { printable, printableLine } from '../util/printable.ts';
import type { Style } from '../util/style.ts';
import { excerptOf } from './excerpt.ts';
import { paragraph } from './text.ts';

const MOST_SHOWN = 20;
const MOST_COLUMNS = 200;

export interface PrintOptions {
  readonly style: Style;
  readonly columns: number;
}

/**
 * What is wrong with files, for people: `file:line:col: error E_CODE: message`, the line with its neighbours and a caret under
 * the range, and the hint. At most 20; the rest is counted. Nothing in it can steer a terminal.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceFile[],
  options: PrintOptions,
): string {
  const textOf = new Map(sources.map((source) => [source.file, source.text]));
  const blocks = diagnostics
    .slice(0, MOST_SHOWN)
    .map((diagnostic) => renderDiagnostic(diagnostic, textOf.get(diagnostic.at.file) ?? '', options));
  const rest = diagnostics.length - blocks.length;
  if (rest > 0) blocks.push(`... and ${rest} more: correct these first\n`);
  return blocks.join('\n');
}

/** One line of JSON, with the place as plain members. */
export function diagnosticAsJson({ severity, code, message, hint, at }: Diagnostic): string {
  const { file, start, end } = at;
  const place = { file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  return JSON.stringify({ ...place, severity, code, message, hint });
}

function renderDiagnostic(diagnostic: Diagnostic, source: string, { style, columns }: PrintOptions): string {
  const { severity, code, message, hint, at } = diagnostic;
  const tone = severity === 'error' ? 'bad' : 'warn';
  const place = `${printableLine(at.file)}:${at.start.line}:${at.start.column}:`;
  const lines = [`${style('strong', place)} ${style(tone, `${severity} ${code}:`)} ${hanging(message, '  ')}`];
  if (source !== '') {
    for (const line of excerptOf(source, at, Math.min(columns, MOST_COLUMNS))) {
      const shown = line.kind === 'caret' ? style(tone, line.text) : line.text;
      lines.push(`  ${style('dim', line.gutter)} ${shown}`.trimEnd());
    }
  }
  if (hint !== undefined) {
    const text = paragraph(hint, ' '.repeat(8), { style, columns: () => columns });
    lines.push(`  ${style('accent', 'hint:')} ${text.slice(8)}`);
  }
  return `${lines.join('\n')}\n`;
}

const hanging = (text: string, indent: string): string => printable(text).replaceAll('\n', `\n${indent}`);
