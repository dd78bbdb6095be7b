import { loadRunbook, type LoadedRunbook } from '../../src/load/runbook.ts';
import type { Action } from '../../src/model/action.ts';
import type { Runbook } from '../../src/model/runbook.ts';
import { err, ok } from '../../src/util/result.ts';
import { join } from 'node:path';
import { TEST_ACTIONS } from './actions-for-tests.ts';

/** Files by their paths from the folder of the runbook. */
export type Files = Readonly<Record<string, string>>;

/** Loads `runbooks/base.yaml` with the files beside it, none of them on disk. */
export function loadWith(
  text: string,
  files: Files,
  actions: ReadonlyMap<string, Action> = TEST_ACTIONS,
): LoadedRunbook {
  return loadRunbook({ file: 'runbooks/base.yaml', text }, actions, (path, wanted) => {
    const content = files[join(wanted?.folder ?? '.', path)];
    return content === undefined
      ? err({ code: 'E_READ', message: 'there is no such file', hint: 'check' })
      : ok(content);
  });
}

export function runbookWith(text: string, files: Files, actions?: ReadonlyMap<string, Action>): Runbook {
  const { runbook, diagnostics } = loadWith(text, files, actions);
  if (runbook === undefined) throw new Error(told({ diagnostics }).join('\n'));
  return runbook;
}

/** `file:line:column CODE message`, and where the file is included. */
export function told({ diagnostics }: Pick<LoadedRunbook, 'diagnostics'>): readonly string[] {
  return diagnostics.map(({ at, code, message, includedFrom = [] }) => {
    const from = includedFrom.map(({ file, start }) => ` < ${file}:${start.line}:${start.column}`).join('');
    return `${at.file}:${at.start.line}:${at.start.column} ${code} ${message}${from}`;
  });
}
