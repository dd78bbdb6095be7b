import type { Diagnostic, SourceFile, SourceRange } from '../model/source.ts';
import { LineMap, type Span } from './line-map.ts';

/** More are of no use to anybody, and a hostile file could have a million. */
const MAX_DIAGNOSTICS = 100;

/** Collects what is wrong with one file, in the order of the file. */
export class Report {
  readonly source: SourceFile;
  readonly lines: LineMap;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #includedFrom: readonly SourceRange[];

  /** `includedFrom`: said with each. */
  constructor(source: SourceFile, includedFrom: readonly SourceRange[] = []) {
    this.source = source;
    this.#includedFrom = includedFrom;
    this.lines = new LineMap(source);
  }

  error(code: string, span: Span, message: string, hint?: string): void {
    this.#add('error', code, span, message, hint);
  }

  warning(code: string, span: Span, message: string, hint?: string): void {
    this.#add('warning', code, span, message, hint);
  }

  /** Takes over what another report about the same file has collected. */
  adopt(diagnostics: readonly Diagnostic[]): void {
    for (const { severity, code, at, message, hint, includedFrom } of diagnostics) {
      this.#add(severity, code, { start: at.start.offset, end: at.end.offset }, message, hint, includedFrom);
    }
  }

  get failed(): boolean {
    return this.#diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics.toSorted((a, b) => a.at.start.offset - b.at.start.offset);
  }

  #add(
    severity: 'error' | 'warning',
    code: string,
    span: Span,
    message: string,
    hint?: string,
    includedFrom = this.#includedFrom,
  ): void {
    // One mistake in an anchored value would be reported again for each of its aliases.
    const key = `${code} ${span.start} ${span.end} ${message}`;
    if (this.#seen.has(key) || this.#diagnostics.length >= MAX_DIAGNOSTICS) return;
    this.#seen.add(key);
    const at = this.lines.range(span);
    this.#diagnostics.push({
      ...{ severity, code, message, at },
      ...(hint !== undefined && { hint }),
      ...(includedFrom.length > 0 && { includedFrom }),
    });
  }
}
