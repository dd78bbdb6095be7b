/** A place in a file a person wrote. Lines and columns count from 1, columns in UTF-16 units; `offset` counts from 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** From `start` up to, not including, `end`. */
export interface SourceRange {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

/** What is wrong with a file a person wrote. All of a file's diagnostics are reported at once. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Stable, `E_...` or `W_...`; documented, never reused for another meaning. */
  readonly code: string;
  readonly message: string;
  /** What to write instead, or which command to run. */
  readonly hint?: string;
  readonly at: SourceRange;
  /** Where the file of `at` is included, that of the file it stands in first; the runbook's own last. */
  readonly includedFrom?: readonly SourceRange[];
}

/** The text a diagnostic points into, for its excerpt. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}
