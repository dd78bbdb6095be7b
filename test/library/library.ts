import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasCases, openCases, type RunbookCases } from '../../src/app/cases/open-cases.ts';
import { renderDiagnostics } from '../../src/cli/print-diagnostics.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'runbooks');

/** Paths of all runbooks that are shipped. */
const libraryPaths = (): readonly string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => join(FOLDER, file));

/** Examples want more than one host, so that only scripted hosts play their cases. */
export const examplePaths = (): readonly string[] =>
  readdirSync(join(FOLDER, 'examples'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => join(FOLDER, 'examples', file));

export const pathsWithCases = (): readonly string[] => libraryPaths().filter(hasCases);

export function casesOf(path: string): RunbookCases {
  const opened = openCases(path);
  if (opened.ok) return opened.value.value;
  const { diagnostics, sources, errors } = opened.error;
  const told = renderDiagnostics(diagnostics, sources, { style: (_tone, text) => text, columns: 100 });
  return assert.fail([told, ...errors.map(({ message }) => message)].join('\n'));
}
