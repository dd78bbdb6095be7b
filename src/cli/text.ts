import { cutToWidth, printable, printableLine, widthOf } from '../util/printable.ts';
import type { Style } from '../util/style.ts';
import type { Door } from './terminal.ts';

/** What text for people is laid out with. */
export type Paper = Pick<Door, 'columns'> & { readonly style: Style };

const MOST_COLUMNS = 110;

/** Text in lines of at most the terminal's width, all indented alike. Line breaks of the text stay. */
export function paragraph(text: string, indent: string, paper: Paper): string {
  const room = Math.max(30, Math.min(paper.columns(), MOST_COLUMNS) - indent.length);
  return printable(text.trim())
    .split('\n')
    .flatMap((line) => wrap(line, room))
    .map((line) => `${indent}${line}`.trimEnd())
    .join('\n');
}

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

function wrap(line: string, room: number): readonly string[] {
  const margin = /^\s*(?:[-*] )?/.exec(line)?.[0].length ?? 0;
  const lines: string[] = [];
  let current = '';
  for (const word of line.slice(margin).split(/ +/)) {
    if (current !== '' && widthOf(current) + widthOf(word) + 1 > room - margin) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  lines.push(current);
  return lines.map((each, index) => (index === 0 ? line.slice(0, margin) : ' '.repeat(margin)) + each);
}

/** Cut where the terminal ends. */
export const oneLine = (text: string, { columns }: Paper): string => cutToWidth(printableLine(text), columns());
