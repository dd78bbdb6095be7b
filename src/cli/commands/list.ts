import { findRunbooks, type FoundRunbook } from '../../app/find-runbook.ts';
import { outlineOf, type Outline } from '../../app/runbook-summary.ts';
import { renderTable } from '../table.ts';
import { siteOf } from '../open-site.ts';
import type { JsonOption } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook list`: the runbooks that a name can mean. */
export function list(options: JsonOption, terminal: Terminal): Promise<number> {
  const site = siteOf(terminal, options);
  if (!site.ok) return Promise.resolve(site.error);
  const found = findRunbooks(site.value)
    .map((runbook) => ({ ...runbook, ...outlineOf(runbook.path) }))
    .filter(({ kind }) => kind === 'runbook');
  const { out, err } = terminal;
  if (options.json === true) {
    for (const { kind: _kind, summary, ...runbook } of found)
      out.print(`${JSON.stringify({ ...runbook, summary: summary ?? null })}\n`);
  } else if (found.length === 0) {
    err.print('There are no runbooks. Put one into ./runbooks.\n');
  } else {
    out.print(renderTable(['NAME', 'FROM', 'HELPS WHEN'], found.map(row), out));
  }
  return Promise.resolve(0);
}

function row(runbook: FoundRunbook & Outline): readonly string[] {
  const { name, origin, shadowedBy, path } = runbook;
  const summary = runbook.summary ?? `(cannot be read: runbook lint ${path})`;
  return [name, origin, shadowedBy === undefined ? summary : `not used: the one from ${shadowedBy} is taken`];
}
