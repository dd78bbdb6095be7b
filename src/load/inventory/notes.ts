import type { Diagnostic, SourceRange } from '../../model/source.ts';

/** What is to be said of what is written once and holds for many hosts: each is given once. */
export class Notes {
  readonly #notes = new Map<string, Diagnostic>();

  get hasError(): boolean {
    return this.all.some(({ severity }) => severity === 'error');
  }

  warn(code: string, at: SourceRange, message: string, hint?: string): void {
    this.#add({ severity: 'warning', code, message, at, ...(hint !== undefined && { hint }) });
  }

  /** Nothing of the inventory is used then. */
  refuse(code: string, at: SourceRange, message: string, hint: string): void {
    this.#add({ severity: 'error', code, message, at, hint });
  }

  #add(note: Diagnostic): void {
    const { code, at, message } = note;
    const key = `${code} ${at.file} ${at.start.offset} ${message}`;
    if (this.#notes.has(key) || this.#notes.size >= MOST_NOTES) return;
    this.#notes.set(key, note);
  }

  get all(): readonly Diagnostic[] {
    return [...this.#notes.values()];
  }
}

const MOST_NOTES = 100;
