import type { SourceRange } from '../model/source.ts';
import { cutToWidth, printable, widthOf } from '../util/printable.ts';

export interface ExcerptLine {
  readonly kind: 'source' | 'caret';
  /** Line number or spaces, and the bar. */
  readonly gutter: string;
  readonly text: string;
}

/**
 * The line that is meant with its neighbours, and a line of carets under the range. Lines longer than `columns` are cut around
 * the range. Control characters are shown, not sent; a tab takes one column.
 */
export function excerptOf(text: string, at: SourceRange, columns: number): readonly ExcerptLine[] {
  const all = text.split(/\r\n|\r|\n/);
  const target = all[at.start.line - 1] ?? '';
  const first = Math.max(1, at.start.line - 1);
  const last = Math.min(all.length, at.start.line + 1);
  const digits = String(last).length;
  const window = windowFor(target, at, columns - digits - 5);
  const lines: ExcerptLine[] = [];
  for (let number = first; number <= last; number++) {
    const shown = cut(all[number - 1] ?? '', window).trimEnd();
    if (number !== at.start.line && shown === '') continue;
    lines.push({ kind: 'source', gutter: `${String(number).padStart(digits)} |`, text: shown });
    if (number !== at.start.line) continue;
    lines.push({ kind: 'caret', gutter: `${' '.repeat(digits)} |`, text: carets(target, at, window) });
  }
  return lines;
}

/** The part of a long line that is shown. */
interface Window {
  /** UTF-16 units left out at the beginning. */
  readonly from: number;
  readonly columns: number;
}

function windowFor(line: string, { start }: SourceRange, columns: number): Window {
  const fits = widthOf(visible(line.slice(0, start.column + 10))) <= columns;
  return { from: fits ? 0 : Math.max(0, start.column - 1 - Math.floor(columns / 3)), columns };
}

function cut(line: string, { from, columns }: Window): string {
  const text = visible(line.slice(from, from + columns + 1));
  return cutToWidth(from > 0 ? `…${text}` : text, columns);
}

function carets(line: string, { start, end }: SourceRange, { from, columns }: Window): string {
  const endColumn = end.line === start.line ? end.column : line.length + 1;
  const before = widthOf(visible(line.slice(from, start.column - 1))) + (from > 0 ? 1 : 0);
  const under = widthOf(visible(line.slice(start.column - 1, endColumn - 1)));
  return ' '.repeat(before) + '^'.repeat(Math.max(1, Math.min(under, columns - before)));
}

const visible = (text: string): string => printable(text.replaceAll('\t', ' '));
