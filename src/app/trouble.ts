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

/** What is wrong, in one line for people: the first mistake in a file, or else every error. */
export function noteOf({ diagnostics, errors }: Trouble): string {
  const [wrong] = diagnostics.filter(({ severity }) => severity === 'error');
  if (wrong !== undefined) return `${wrong.at.file}:${wrong.at.start.line}: ${wrong.message}`;
  return errors
    .map(({ message, hint }) => (hint === undefined ? message : `${message} (${firstLine(hint)})`))
    .join('; ');
}

export const firstLine = (text: string): string => text.split('\n')[0] ?? '';
