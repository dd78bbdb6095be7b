import type { Diagnostic, SourceFile } from '../model/source.ts';
import type { FileContent } from '../model/type.ts';
import { ok, type Result } from '../util/result.ts';
import { sha256 } from '../util/sha256.ts';

/** Why a file cannot be taken; the code is that of the diagnostic. */
export interface FileProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Gives the content of a file by its path as a runbook has it. */
export type ReadBeside = (path: string) => Result<string, FileProblem>;

/** The files that one runbook takes in. Each is read once, so that all of the runbook is about the same content. */
export class FilesBeside {
  readonly #read: ReadBeside;
  readonly #results = new Map<string, Result<string, FileProblem>>();
  readonly #checked: { readonly source: SourceFile; readonly diagnostics: readonly Diagnostic[] }[] = [];

  constructor(read: ReadBeside) {
    this.#read = read;
  }

  read(path: string): Result<FileContent, FileProblem> {
    let result = this.#results.get(path);
    if (result === undefined) {
      result = this.#read(path);
      this.#results.set(path, result);
    }
    return result.ok ? ok({ path, content: result.value }) : result;
  }

  /** Takes what is wrong with one of them. */
  note(source: SourceFile, diagnostics: readonly Diagnostic[]): void {
    if (diagnostics.length > 0) this.#checked.push({ source, diagnostics });
  }

  /** Those with something wrong in them. */
  get sources(): readonly SourceFile[] {
    return this.#checked.map(({ source }) => source);
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#checked.flatMap(({ diagnostics }) => diagnostics);
  }

  /** Of the runbook's text, and of the files that were read for it, if any. */
  sha256With(text: string): string {
    if (this.#results.size === 0) return sha256(text);
    const files = [...this.#results].map(([path, result]) => [path, result.ok ? sha256(result.value) : '']);
    return sha256(JSON.stringify([sha256(text), ...files]));
  }
}
