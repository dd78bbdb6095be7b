import { basename, dirname, join } from 'node:path';
import type { Action } from '../model/action.ts';
import type { Diagnostic, SourceFile, SourceRange } from '../model/source.ts';
import { err, ok, type Result } from '../util/result.ts';
import type { FileProblem } from './files-beside.ts';
import { Report } from './report.ts';
import { readFragmentHeader } from './runbook/fragment-header.ts';
import type { Fragment, Frame } from './runbook/frame.ts';
import { checkPlaintextSecrets } from './runbook/plaintext-secrets.ts';
import { checkStructure } from './structure.ts';
import { readDocument } from './yaml.ts';
import { headOf, type YamlMap } from './yaml/node.ts';

/** A fragment at one include. */
export interface OpenFragment {
  /** For what is wrong with its steps there. */
  readonly report: Report;
  readonly contents: FragmentContents;
}

export interface FragmentContents extends Fragment {
  readonly root: YamlMap;
}

interface FragmentFile {
  readonly source: SourceFile;
  /** Absent when it is broken: its first report has said so. */
  readonly contents?: FragmentContents;
  /** Of the file by itself, then of its steps at each include. */
  readonly reports: Report[];
}

/** The fragments that one runbook takes in, each file read once, and what is wrong with them. */
export class FragmentFiles {
  /** The runbook's own file, from its folder. */
  readonly top: string;
  readonly #actions: ReadonlyMap<string, Action>;
  readonly #files = new Map<string, FragmentFile>();
  #missing = false;
  #includes = 0;

  constructor(runbookFile: string, actions: ReadonlyMap<string, Action>) {
    this.top = basename(runbookFile);
    this.#actions = actions;
  }

  /** The file at the path that an include in this frame gives; undefined after its own reports. `from`: the includes that lead there. */
  open(path: string, around: Frame, from: readonly SourceRange[]): Result<OpenFragment | undefined, FileProblem> {
    const key = around.files.pathOf(path);
    let file = this.#files.get(key);
    if (file === undefined) {
      const read = around.files.read(path, 'fragment');
      if (!read.ok) return err(read.error);
      const source = { file: join(dirname(around.report.source.file), path), text: read.value.content };
      file = readFragment(source, from, this.#actions);
      this.#files.set(key, file);
    }
    const { source, contents, reports } = file;
    if (contents === undefined) return ok(undefined);
    const report = new Report(source, from);
    reports.push(report);
    return ok({ report, contents });
  }

  /** How many includes there are, with this one. */
  countInclude(): number {
    return ++this.#includes;
  }

  /** An include gives no steps, after a report: what refers to them is not wrong for that. */
  noteMissing(): void {
    this.#missing = true;
  }

  get isMissingSteps(): boolean {
    return this.#missing;
  }

  get failed(): boolean {
    return [...this.#files.values()].some(({ reports }) => reports.some(({ failed }) => failed));
  }

  /** By file, in the order of each; what is wrong at several includes is told once. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.#files.values()].flatMap(({ source, reports }) => {
      const all = new Report(source);
      for (const { diagnostics } of reports) all.adopt(diagnostics);
      return all.diagnostics;
    });
  }

  get sources(): readonly SourceFile[] {
    return [...this.#files.values()].map(({ source }) => source);
  }
}

function readFragment(
  source: SourceFile,
  from: readonly SourceRange[],
  actions: ReadonlyMap<string, Action>,
): FragmentFile {
  const report = new Report(source, from);
  const root = readDocument(report);
  if (root?.kind === 'map' && root.entries.has('runbook') && !root.entries.has('fragment')) {
    const hint = 'make a fragment of the steps that both have, and include it in both';
    report.error('E_FRAGMENT', headOf(root), 'this is a runbook, not a fragment', hint);
    return { source, reports: [report] };
  }
  const sound = root !== undefined && !report.failed && checkStructure(root, actions, report, 'fragment');
  const fragment = root?.kind === 'map' && sound ? readFragmentHeader(root, report) : undefined;
  if (root?.kind !== 'map' || fragment === undefined) return { source, reports: [report] };
  checkPlaintextSecrets(root, report);
  return { source, contents: { ...fragment, root }, reports: [report] };
}
