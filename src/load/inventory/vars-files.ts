import { basename, dirname, extname, join } from 'node:path';
import type { Diagnostic } from '../../model/source.ts';
import type { Variables } from './entries.ts';
import type { SourceReader } from './files/source-reader.ts';
import { YamlSource } from './sources/yaml-values.ts';

/** What one file of `group_vars` or `host_vars` says. */
export interface VarsFile {
  readonly file: string;
  readonly vars: Variables;
  /** Why not all of it is known. */
  readonly problems: readonly Diagnostic[];
}

interface Names {
  readonly names: ReadonlySet<string>;
  readonly problem?: Diagnostic;
}

interface Found {
  readonly files: readonly string[];
  readonly problems: readonly Diagnostic[];
}

const ENDINGS = ['', '.yml', '.yaml', '.json'];

/** The folders `group_vars` and `host_vars` beside each source, or in it where it is a directory. */
export class VarsFiles {
  /** In the order of the sources. */
  readonly directories: readonly string[];
  readonly #reader: SourceReader;
  readonly #names = new Map<string, Names>();
  readonly #read = new Map<string, Promise<VarsFile>>();
  readonly warnings: Diagnostic[] = [];

  constructor(sources: readonly string[], reader: SourceReader) {
    this.#reader = reader;
    const { files } = reader;
    const isList = (source: string): boolean => source.includes(',') && files.kindOf(source) === undefined;
    const directories = sources
      .filter((source) => !isList(source))
      .map((source) => (files.kindOf(source) === 'directory' ? source : dirname(source)));
    this.directories = [...new Set(directories.toReversed())].toReversed();
  }

  /** Those of one group or host, folder by folder in the order of the sources, the weakest first. */
  async of(kind: 'group_vars' | 'host_vars', name: string): Promise<readonly (readonly VarsFile[])[]> {
    return Promise.all(this.directories.map((directory) => this.#in(join(directory, kind), name)));
  }

  async #in(folder: string, name: string): Promise<readonly VarsFile[]> {
    const found = this.#find(folder, name);
    const unread = found.problems.map((problem) => ({ file: problem.at.file, vars: NO_VARS, problems: [problem] }));
    return [...unread, ...(await Promise.all(found.files.map((file) => this.#once(file))))];
  }

  /** The first of `NAME`, `NAME.yml`, `NAME.yaml` and `NAME.json`; all files below it where it is a folder. */
  #find(folder: string, name: string): Found {
    const { names, problem } = this.#namesIn(folder);
    // Every host is in `all`: once is enough.
    if (problem !== undefined) return name === 'all' || basename(folder) === 'host_vars' ? notRead(problem) : NOTHING;
    if (names.size === 0 || name.includes('/') || name.startsWith('.')) return NOTHING;
    const found = ENDINGS.map((ending) => `${name}${ending}`).find((candidate) => names.has(candidate));
    if (found === undefined) return NOTHING;
    const path = join(folder, found);
    return this.#reader.files.kindOf(path) === 'directory' ? this.#below(path, []) : { files: [path], problems: [] };
  }

  #below(folder: string, around: readonly string[]): Found {
    const real = this.#reader.files.realPath(folder);
    // A link that leads in a circle.
    if (around.includes(real)) return NOTHING;
    const names = this.#reader.namesIn(folder);
    if (!names.ok) return notRead(names.error);
    const found = names.value
      .filter((name) => !name.startsWith('.') && !name.endsWith('~') && ENDINGS.includes(extname(name)))
      .map((name) => {
        const path = join(folder, name);
        if (this.#reader.files.kindOf(path) !== 'directory') return { files: [path], problems: [] };
        return extname(name) === '' ? this.#below(path, [...around, real]) : NOTHING;
      });
    return { files: found.flatMap(({ files }) => files), problems: found.flatMap(({ problems }) => problems) };
  }

  #namesIn(folder: string): Names {
    const known = this.#names.get(folder);
    if (known !== undefined) return known;
    const names = this.#readNames(folder);
    this.#names.set(folder, names);
    return names;
  }

  /** Nobody has named this folder: who may write the one it is in could have put it there. */
  #readNames(folder: string): Names {
    if (this.#reader.files.kindOf(folder) !== 'directory') return { names: new Set() };
    const around = this.#reader.namesIn(dirname(folder));
    const names = around.ok ? this.#reader.namesIn(folder) : around;
    return names.ok ? { names: new Set(names.value) } : { names: new Set(), problem: names.error };
  }

  #once(file: string): Promise<VarsFile> {
    const known = this.#read.get(file);
    if (known !== undefined) return known;
    const read = this.#readFile(file);
    this.#read.set(file, read);
    return read;
  }

  async #readFile(file: string): Promise<VarsFile> {
    const text = await this.#reader.read(file);
    if (!text.ok) return { file, vars: NO_VARS, problems: [text.error] };
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

const NO_VARS: Variables = new Map();
const NOTHING: Found = { files: [], problems: [] };
const notRead = (problem: Diagnostic): Found => ({ files: [], problems: [problem] });
