import { dirname, extname, join } from 'node:path';
import type { Diagnostic } from '../../model/source.ts';
import type { Variable, Variables } from './entries.ts';
import type { SourceReader } from './source-reader.ts';
import { YamlSource } from './yaml-values.ts';

/** What one file of `group_vars` or `host_vars` says. */
export interface VarsFile {
  readonly file: string;
  readonly vars: Variables;
  /** Why not all of it is known. */
  readonly problems: readonly Diagnostic[];
}

const ENDINGS = ['', '.yml', '.yaml', '.json'];

/** The folders `group_vars` and `host_vars` beside each source, or in it where it is a directory. */
export class VarsFiles {
  readonly #directories: readonly string[];
  readonly #reader: SourceReader;
  readonly #names = new Map<string, ReadonlySet<string>>();
  readonly #read = new Map<string, Promise<VarsFile>>();
  readonly warnings: Diagnostic[] = [];

  constructor(sources: readonly string[], reader: SourceReader) {
    this.#reader = reader;
    const { files } = reader;
    const isList = (source: string): boolean => source.includes(',') && files.kindOf(source) === undefined;
    const directories = sources
      .filter((source) => !isList(source))
      .map((source) => (files.kindOf(source) === 'directory' ? source : dirname(source)));
    this.#directories = [...new Set(directories.toReversed())].toReversed();
  }

  /** Those of one group or host, folder by folder in the order of the sources, the weakest first. */
  async of(kind: 'group_vars' | 'host_vars', name: string): Promise<readonly (readonly VarsFile[])[]> {
    return Promise.all(this.#directories.map((directory) => this.#in(join(directory, kind), name)));
  }

  #in(folder: string, name: string): Promise<readonly VarsFile[]> {
    const files = this.#find(folder, name);
    return Promise.all(files.map((file) => this.#once(file)));
  }

  /** The first of `NAME`, `NAME.yml`, `NAME.yaml` and `NAME.json`; all files below it where it is a folder. */
  #find(folder: string, name: string): readonly string[] {
    const names = this.#namesIn(folder);
    if (names.size === 0 || name.includes('/') || name.startsWith('.')) return [];
    const found = ENDINGS.map((ending) => `${name}${ending}`).find((candidate) => names.has(candidate));
    if (found === undefined) return [];
    const path = join(folder, found);
    return this.#reader.files.kindOf(path) === 'directory' ? this.#below(path, 0) : [path];
  }

  #below(folder: string, level: number): readonly string[] {
    if (level > MOST_LEVELS) return [];
    return this.#reader.files
      .namesIn(folder)
      .toSorted((a, b) => (a < b ? -1 : 1))
      .filter((name) => !name.startsWith('.') && !name.endsWith('~') && ENDINGS.includes(extname(name)))
      .flatMap((name) => {
        const path = join(folder, name);
        if (this.#reader.files.kindOf(path) !== 'directory') return [path];
        return extname(name) === '' ? this.#below(path, level + 1) : [];
      });
  }

  #namesIn(folder: string): ReadonlySet<string> {
    const known = this.#names.get(folder);
    if (known !== undefined) return known;
    const names = new Set(this.#reader.files.kindOf(folder) === 'directory' ? this.#reader.files.namesIn(folder) : []);
    this.#names.set(folder, names);
    return names;
  }

  #once(file: string): Promise<VarsFile> {
    const known = this.#read.get(file);
    if (known !== undefined) return known;
    const read = this.#readFile(file);
    this.#read.set(file, read);
    return read;
  }

  async #readFile(file: string): Promise<VarsFile> {
    const nothing = { file, vars: new Map<string, Variable>() };
    const text = await this.#reader.read(file);
    if (!text.ok) return { ...nothing, problems: [text.error] };
    const source = new YamlSource(text.value, this.#reader.passwords);
    const { root, report } = source;
    if (root !== undefined && root.kind !== 'map')
      report.error('E_TYPE', { start: 0, end: 0 }, 'the file must be a map of variables', 'write name: value');
    const vars = root?.kind === 'map' ? source.variables(root) : [];
    this.warnings.push(...report.diagnostics.filter(({ severity }) => severity === 'warning'));
    return {
      file,
      vars: new Map(vars.map((variable) => [variable.name, variable])),
      problems: report.diagnostics.filter(({ severity }) => severity === 'error'),
    };
  }
}

const MOST_LEVELS = 16;
