import type { Position, SourceFile, SourceRange } from '../model/source.ts';

/** From `start` up to, not including, `end`, in UTF-16 units of the file's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Turns offsets into lines and columns. A byte order mark has no column of its own. */
export class LineMap {
  readonly #source: SourceFile;
  readonly #starts: readonly number[];

  constructor(source: SourceFile) {
    this.#source = source;
    const starts = [source.text.startsWith('\uFEFF') ? 1 : 0];
    for (const match of source.text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
    this.#starts = starts;
  }

  position(offset: number): Position {
    const bounded = Math.max(0, Math.min(offset, this.#source.text.length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= bounded) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(0, bounded - (this.#starts[low] ?? 0)) + 1, offset: bounded };
  }

  range(span: Span): SourceRange {
    return {
      file: this.#source.file,
      start: this.position(span.start),
      end: this.position(Math.max(span.start, span.end)),
    };
  }

  /** The text of the line that holds the offset, and where it starts. */
  lineAt(offset: number): { readonly text: string; readonly start: number } {
    const { line } = this.position(offset);
    const start = this.#starts[line - 1] ?? 0;
    const end = this.#starts[line] ?? this.#source.text.length;
    return { text: this.#source.text.slice(start, end).replace(/[\r\n]+$/, ''), start };
  }
}
