import { loadParamsFile } from '../load/params-file.ts';
import { isFragment, lintFragment } from '../load/fragment.ts';
import { readBeside } from '../load/read-beside.ts';
import { readSource } from '../load/read-file.ts';
import { loadRunbook } from '../load/runbook.ts';
import type { Runbook } from '../model/runbook.ts';
import type { Diagnostic, SourceFile } from '../model/source.ts';
import type { FileParam } from '../plan/bind-params.ts';
import { err, ok, type Result } from '../util/result.ts';
import { inFiles, type Trouble } from './trouble.ts';
import { ACTIONS } from './actions.ts';

/** What a file holds, checked, with what is only worth a warning. */
export interface Opened<T> {
  readonly value: T;
  readonly sources: readonly SourceFile[];
  readonly warnings: readonly Diagnostic[];
}

export function openRunbook(path: string): Result<Opened<Runbook>, Trouble> {
  return openSource(path, (source) => runbookIn(source, path));
}

function runbookIn(source: SourceFile, path: string): Loaded<Runbook> {
  const { runbook, diagnostics, others } = loadRunbook(source, ACTIONS, readBeside(path));
  return { value: runbook, diagnostics, others };
}

/** What is wrong with a runbook, or with a fragment by itself. */
export function checkFile(path: string): Result<Opened<unknown>, Trouble> {
  return openSource<unknown>(path, (source) => {
    if (!isFragment(source)) return runbookIn(source, path);
    const { diagnostics, others } = lintFragment(source, ACTIONS, readBeside(path));
    return { value: source, diagnostics, others };
  });
}

export function openParamsFile(path: string): Result<Opened<readonly FileParam[]>, Trouble> {
  return openSource(path, (source) => {
    const { params, diagnostics } = loadParamsFile(source);
    return { value: params, diagnostics };
  });
}

interface Loaded<T> {
  readonly value: T | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Other files that diagnostics point into. */
  readonly others?: readonly SourceFile[];
}

/** Reads a file and what `load` makes of it; an error when that has one. */
export function openSource<T>(path: string, load: (source: SourceFile) => Loaded<T>): Result<Opened<T>, Trouble> {
  const source = readSource(path);
  if (!source.ok) return err(inFiles([source.error], []));
  const { value, diagnostics, others = [] } = load(source.value);
  const sources = [source.value, ...others];
  const hasError = diagnostics.some(({ severity }) => severity === 'error');
  if (value === undefined || hasError) return err(inFiles(diagnostics, sources));
  return ok({ value, sources, warnings: diagnostics });
}
