import type { Diagnostic, SourceFile, SourceRange } from '../model/source.ts';
import { Report } from './report.ts';
import { readDocument } from './yaml.ts';
import { plainValue } from './yaml/node.ts';

export interface LoadedParams {
  /** Absent when there is an error. */
  readonly params?: readonly { readonly name: string; readonly value: unknown; readonly at: SourceRange }[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a params file: one map of names to values, `!secret NAME` as a `SecretName`. JSON is YAML. Types are checked later. */
export function loadParamsFile(source: SourceFile): LoadedParams {
  const report = new Report(source);
  const root = readDocument(report);
  if (root !== undefined && root.kind !== 'map') {
    report.error('E_TYPE', root.at, 'a params file is a map', 'write name: value, one a line');
  }
  if (root?.kind !== 'map' || report.failed) return { diagnostics: report.diagnostics };
  const params = [...root.entries].map(([name, { key, value }]) => ({
    name,
    value: plainValue(value),
    at: report.lines.range({ start: key.start, end: value.at.end }),
  }));
  return { params, diagnostics: report.diagnostics };
}
