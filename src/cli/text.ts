import { printable, printableLine, widthOf } from '../util/printable.ts';
import type { Style } from '../util/style.ts';
import { isCommand, wrap } from '../util/wrap.ts';
import type { TerminalStream } from './terminal.ts';

/** What text for people is laid out with. */
export type Paper = Pick<TerminalStream, 'columns'> & { readonly style: Style };

const MOST_COLUMNS = 110;

/** Text in lines of at most the terminal's width, all indented alike. Line breaks of the text stay. */
export function paragraph(text: string, indent: string, paper: Paper): string {
  const room = Math.max(30, Math.min(paper.columns(), MOST_COLUMNS) - indent.length);
  return printable(text.trim())
    .split('\n')
    .flatMap((line) => wrapUnderMargin(line, room))
    .map((line) => `${indent}${line}`.trimEnd())
    .join('\n');
}

/** Markdown as plain text: lines of a paragraph flow together, items of a list and indented or fenced code stay as they are. */
export function markdown(text: string, indent: string, paper: Paper): string {
  const blocks: string[] = [];
  let isCode = false;
  for (const line of text.trim().split('\n')) {
    const isFence = line.startsWith('```');
    if (isFence) isCode = !isCode;
    const last = blocks.at(-1);
    const starts =
      isCode ||
      isFence ||
      last === undefined ||
      isBoundary(last) ||
      line.trim() === '' ||
      /^(?: {4}|#|[-*|] |\d+\. )/.test(line);
    if (starts) blocks.push(line);
    else blocks.splice(-1, 1, `${last} ${line.trim()}`);
  }
  return paragraph(blocks.join('\n'), indent, paper);
}

const isBoundary = (line: string): boolean => line === '' || line.startsWith('```');

/** A title and entries under it; nothing when there are none. */
export function section(title: string, entries: readonly string[], { style }: Paper): string {
  return entries.length === 0 ? '' : `\n${style('strong', title)}\n${entries.join('\n')}\n`;
}

/** `  name   text`, with the text in a column of its own that starts after `width`. */
export function entry(name: string, width: number, text: string, paper: Paper): string {
  const label = printableLine(name);
  const indent = ' '.repeat(width + 4);
  if (text.trim() === '') return `  ${label}`;
  const body = paragraph(text, indent, paper);
  if (widthOf(label) > width) return `  ${paper.style('accent', label)}\n${body}`;
  return `  ${paper.style('accent', label)}${' '.repeat(width - widthOf(label))}  ${body.slice(indent.length)}`;
}

/** The width for a column of names: wide ones get a line of their own. */
export const nameWidth = (names: readonly string[]): number =>
  Math.min(28, Math.max(4, ...names.map((name) => widthOf(printableLine(name)))));

/** The words of a list's item stay under each other. */
function wrapUnderMargin(line: string, room: number): readonly string[] {
  if (isCommand(line)) return [line];
  const margin = /^\s*(?:[-*] )?/.exec(line)?.[0].length ?? 0;
  const lines = wrap(line.slice(margin), room - margin);
  return lines.map((each, index) => (index === 0 ? line.slice(0, margin) : ' '.repeat(margin)) + each);
}
