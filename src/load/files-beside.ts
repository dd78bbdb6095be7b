import type { Diagnostic, SourceFile } from '../model/source.ts';
import type { FileContent } from '../model/type.ts';
import { isAbsolute, join } from 'node:path';
import { ok, type Result } from '../util/result.ts';
import { sha256 } from '../util/sha256.ts';

/** Why a file cannot be taken; the code is that of the diagnostic. */
export interface FileProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Which file is wanted, beside its path as it is written. */
export interface Wanted {
  /** Where a relative path begins, from the folder of the runbook: `.`, or that of a fragment. */
  readonly folder: string;
  readonly kind: 'file' | 'fragment';
}

/** Gives the content of a file by its path as a runbook or a fragment has it. */
export type ReadBeside = (path: string, wanted?: Wanted) => Result<string, FileProblem>;

/** What was read for one runbook. */
interface Read {
  /** By path from the folder of the runbook, and what it is read as. */
  readonly results: Map<string, Result<string, FileProblem>>;
  readonly checked: { readonly source: SourceFile; readonly diagnostics: readonly Diagnostic[] }[];
}

/** The files that one runbook takes in. Each is read once, so that all of the runbook is about the same content. */
export class FilesBeside {
  readonly #read: ReadBeside;
  readonly #folder: string;
  readonly #known: Read;

  constructor(read: ReadBeside, folder = '.', known: Read = { results: new Map(), checked: [] }) {
    this.#read = read;
    this.#folder = folder;
    this.#known = known;
  }

  /** The same files, for one in this folder: its relative paths begin there. */
  from(folder: string): FilesBeside {
    return new FilesBeside(this.#read, folder, this.#known);
  }

  /** The path from the folder of the runbook: the same for each way to write it. */
  pathOf(path: string): string {
    return isAbsolute(path) ? path : join(this.#folder, path);
  }

  read(path: string, kind: Wanted['kind'] = 'file'): Result<FileContent, FileProblem> {
    const { results } = this.#known;
    const key = kind === 'file' ? this.pathOf(path) : `include ${this.pathOf(path)}`;
    let result = results.get(key);
    if (result === undefined) {
      result = this.#read(path, { folder: this.#folder, kind });
      results.set(key, result);
    }
    return result.ok ? ok({ path, content: result.value }) : result;
  }

  /** Takes what is wrong with one of them. */
  note(source: SourceFile, diagnostics: readonly Diagnostic[]): void {
    if (diagnostics.length > 0) this.#known.checked.push({ source, diagnostics });
  }

  /** Those with something wrong in them. */
  get sources(): readonly SourceFile[] {
    return this.#known.checked.map(({ source }) => source);
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#known.checked.flatMap(({ diagnostics }) => diagnostics);
  }

  /** Of the runbook's text, and of the files that were read for it, if any. */
  sha256With(text: string): string {
    const { results } = this.#known;
    if (results.size === 0) return sha256(text);
    const files = [...results].map(([path, result]) => [path, result.ok ? sha256(result.value) : '']);
    return sha256(JSON.stringify([sha256(text), ...files]));
  }
}
