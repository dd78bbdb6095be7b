import type { Diagnostic, SourceRange } from '../../model/source.ts';

/** Warnings about what is written once and holds for many hosts: each is given once. */
export class Notes {
  readonly #notes = new Map<string, Diagnostic>();

  warn(code: string, at: SourceRange, message: string, hint?: string): void {
    const key = `${code} ${at.file} ${at.start.offset} ${message}`;
    if (this.#notes.has(key) || this.#notes.size >= MOST_NOTES) return;
    this.#notes.set(key, { severity: 'warning', code, message, at, ...(hint !== undefined && { hint }) });
  }

  get all(): readonly Diagnostic[] {
    return [...this.#notes.values()];
  }
}

const MOST_NOTES = 100;
