import type { Difference } from '../model/action.ts';
import { count } from '../util/count.ts';
import { cutToWidth, printableLine } from '../util/printable.ts';
import type { Style, Tone } from '../util/style.ts';
import { MARGIN, type Page } from './labelled.ts';

export interface DiffOptions extends Page {
  /** All lines, whole, with those around the change. */
  readonly verbose: boolean;
  /** What stands above; the path is not told twice. */
  readonly summary: string;
}

const MOST_LINES = 12;

/** How a file will differ: its path, unless it is in the summary, then added and removed lines, each in its colour. */
export function renderDifference({ path, text }: Difference, options: DiffOptions): readonly string[] {
  const { style, columns, verbose, summary } = options;
  const lines = withoutHeader(text.replace(/\n$/, '').split('\n'));
  const wanted = verbose ? lines : lines.filter((line) => !line.startsWith(' ') && line !== '');
  const shown = verbose ? wanted : wanted.slice(0, MOST_LINES);
  const rest = wanted.length - shown.length;
  const room = verbose ? Number.POSITIVE_INFINITY : columns - MARGIN.length;
  return [
    ...(tells(summary, path) ? [] : [MARGIN + style('accent', printableLine(path))]),
    ...shown.map((line) => MARGIN + coloured(cutToWidth(printableLine(keepTabs(line)), room), style)),
    ...(rest > 0 ? [MARGIN + style('dim', `and ${count(rest, 'more line')}: -v shows all`)] : []),
  ].map((line) => line.trimEnd());
}

/** Whether the path itself is in the summary, and not only one that begins with it. */
function tells(summary: string, path: string): boolean {
  return summary
    .split(path)
    .slice(1)
    .some((rest) => !/^[\w./-]/.test(rest));
}

/** The path stands above already; before the first hunk nothing is text of the file. */
function withoutHeader(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return first === -1 ? lines : lines.slice(first);
}

const keepTabs = (line: string): string => line.replaceAll('\t', '    ');

function coloured(line: string, style: Style): string {
  const tone = TONE_OF_MARK[line.charAt(0)];
  return tone === undefined ? line : style(tone, line);
}

const TONE_OF_MARK: Readonly<Record<string, Tone>> = { '+': 'good', '-': 'bad', '@': 'dim', '\\': 'dim' };
