import { cutToWidth, printableLine, widthOf } from '../util/printable.ts';
import type { TerminalStream } from './terminal.ts';

/** Rows under a head, each column as wide as its widest cell; the last is cut where the terminal ends, if it is one. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { style, columns, stream }: Pick<TerminalStream, 'style' | 'columns' | 'stream'>,
): string {
  const cells = rows.map((row) => row.map(printableLine));
  const widths = head.map((title, index) => Math.max(widthOf(title), ...cells.map((row) => widthOf(row[index] ?? ''))));
  const room = stream.isTTY ? columns() - widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0) : Infinity;
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => {
        if (index === head.length - 1) return Number.isFinite(room) ? cutToWidth(cell, Math.max(10, room)) : cell;
        return cell + ' '.repeat((widths[index] ?? 0) - widthOf(cell));
      })
      .join('  ')
      .trimEnd();
  return [style('dim', line(head)), ...cells.map(line)].map((each) => `${each}\n`).join('');
}
