import type { ErrorInfo } from '../model/error.ts';
import type { Diagnostic, SourceRange } from '../model/source.ts';

export interface ParamTrouble {
  /** Wrong values in files. */
  readonly diagnostics: readonly Diagnostic[];
  /** Wrong options, missing values. */
  readonly errors: readonly ErrorInfo[];
}

/** Collects trouble, each thing once: a group's wrong variable is met on every host of the group. */
export class TroubleList implements ParamTrouble {
  readonly diagnostics: Diagnostic[] = [];
  readonly errors: ErrorInfo[] = [];
  readonly #seen = new Set<string>();

  diagnostic(at: SourceRange, code: string, message: string, hint?: string): void {
    if (!this.#isNew(`${at.file}:${at.start.offset}:${message}`)) return;
    this.diagnostics.push({ severity: 'error', code, message, at, ...(hint !== undefined && { hint }) });
  }

  error(error: ErrorInfo): void {
    if (this.#isNew(error.message)) this.errors.push(error);
  }

  isEmpty(): boolean {
    return this.diagnostics.length === 0 && this.errors.length === 0;
  }

  #isNew(key: string): boolean {
    const isNew = !this.#seen.has(key);
    this.#seen.add(key);
    return isNew;
  }
}
