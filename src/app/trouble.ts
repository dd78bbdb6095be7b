import type { ErrorInfo } from '../model/error.ts';
import type { Diagnostic, SourceFile } from '../model/source.ts';

/** Why a command can't do its work: what is wrong with files, and everything else. */
export interface Trouble {
  readonly diagnostics: readonly Diagnostic[];
  /** What the diagnostics point into. */
  readonly sources: readonly SourceFile[];
  readonly errors: readonly ErrorInfo[];
  /** The files are those of the configuration: they have an exit code of their own. */
  readonly isConfiguration?: true;
}

export const inFiles = (diagnostics: readonly Diagnostic[], sources: readonly SourceFile[]): Trouble => ({
  diagnostics,
  sources,
  errors: [],
});

export const inConfiguration = (diagnostics: readonly Diagnostic[], sources: readonly SourceFile[]): Trouble => ({
  ...inFiles(diagnostics, sources),
  isConfiguration: true,
});

export const because = (...errors: readonly ErrorInfo[]): Trouble => ({ diagnostics: [], sources: [], errors });

/** One of both, or both when both are wrong: a person corrects all at once. */
export function together(...troubles: readonly Trouble[]): Trouble {
  return {
    diagnostics: troubles.flatMap((trouble) => trouble.diagnostics),
    sources: troubles.flatMap((trouble) => trouble.sources),
    errors: troubles.flatMap((trouble) => trouble.errors),
  };
}
