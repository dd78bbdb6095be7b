import { findRunbooks, type FoundRunbook } from '../../app/find-runbook.ts';
import { summaryOf } from '../../app/runbook-summary.ts';
import { surroundings } from '../../app/surroundings.ts';
import { renderTable } from '../table.ts';
import type { JsonOption } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook list`: the runbooks that a name can mean. */
export function list(options: JsonOption, terminal: Terminal): Promise<number> {
  const found = findRunbooks(surroundings(terminal.environment, terminal.directory));
  const { out, err } = terminal;
  if (options.json === true) {
    for (const runbook of found)
      out.print(`${JSON.stringify({ ...runbook, summary: summaryOf(runbook.path) ?? null })}\n`);
  } else if (found.length === 0) {
    err.print('There are no runbooks. Put one into ./runbooks.\n');
  } else {
    out.print(renderTable(['NAME', 'FROM', 'HELPS WHEN'], found.map(row), out));
  }
  return Promise.resolve(0);
}

function row(runbook: FoundRunbook): readonly string[] {
  const { name, origin, shadowedBy, path } = runbook;
  const summary = summaryOf(path) ?? `(cannot be read: runbook lint ${path})`;
  return [name, origin, shadowedBy === undefined ? summary : `not used: the one from ${shadowedBy} is taken`];
}
