import { printable } from '../util/printable.ts';
import type { Style, Tone } from '../util/style.ts';
import { wrap } from '../util/wrap.ts';

/** What text for a person is laid out on. */
export interface Page {
  readonly style: Style;
  /** Infinity where nothing is to be wrapped: files and pipes. */
  readonly columns: number;
}

const LABEL_WIDTH = 10;
const INDENT = 2;

/** What stands before a line without a label. */
export const MARGIN = ' '.repeat(INDENT + LABEL_WIDTH);

/** `  found     text`; what does not fit goes below, under the first word. Made safe for a terminal, then coloured. */
export function labelled({ style, columns }: Page, label: string, text: string, tone?: Tone): string {
  return wrap(printable(text), columns - MARGIN.length)
    .map((line) => (tone === undefined ? line : style(tone, line)))
    .map((line, index) =>
      index === 0 ? `${' '.repeat(INDENT)}${label.padEnd(LABEL_WIDTH - 1)} ${line}` : MARGIN + line,
    )
    .join('\n');
}
