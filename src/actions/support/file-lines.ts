/** A line of a file, as it stands there. */
export interface Line {
  readonly text: string;
  /** `\n`, `\r\n`, or empty at the end of a file that does not end its last line. */
  readonly end: string;
}

export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < text.length) {
    const feed = text.indexOf('\n', start);
    const stop = feed < 0 ? text.length : feed;
    const cut = feed > start && text[feed - 1] === '\r' ? stop - 1 : stop;
    lines.push({ text: text.slice(start, cut), end: feed < 0 ? '' : text.slice(cut, feed + 1) });
    start = stop + 1;
  }
  return lines;
}

export function joinLines(lines: readonly Line[]): string {
  return lines.map(({ text, end }) => text + end).join('');
}

/** How new lines of this file end: as its first one does. */
export function lineEnd(lines: readonly Line[]): string {
  const [first] = lines;
  return first === undefined || first.end === '' ? '\n' : first.end;
}

/** Puts lines in front of the one at `index`; at the end, a last line that is not ended is ended first. */
export function insertLines(lines: readonly Line[], index: number, texts: readonly string[]): readonly Line[] {
  const end = lineEnd(lines);
  const before = lines.slice(0, index).map((line) => (line.end === '' ? { ...line, end } : line));
  return [...before, ...texts.map((text) => ({ text, end })), ...lines.slice(index)];
}
