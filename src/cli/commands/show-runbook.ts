import { findRunbook } from '../../app/find-runbook.ts';
import { openRunbook } from '../../app/open-files.ts';
import { because } from '../../app/trouble.ts';
import { renderDiagnostics } from '../print-diagnostics.ts';
import { printTrouble } from '../print-trouble.ts';
import { renderRunbook, runbookAsJson } from '../runbook-text.ts';
import { siteOf } from '../open-site.ts';
import type { ShowOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';

export function showRunbook(given: string, { json }: ShowOptions, terminal: Terminal): number {
  const site = siteOf(terminal, { json: json === true });
  if (!site.ok) return site.error;
  const here = site.value;
  const path = findRunbook(given, here);
  if (!path.ok) return printTrouble(because(path.error), terminal, json === true);
  const opened = openRunbook(path.value);
  if (!opened.ok) return printTrouble(opened.error, terminal, json === true);
  const { value: runbook, warnings, sources } = opened.value;
  const { out } = terminal;
  if (json === true) out.print(`${runbookAsJson(runbook)}\n`);
  else {
    out.print(renderRunbook(runbook, out));
    if (warnings.length > 0)
      terminal.err.print(`\n${renderDiagnostics(warnings, sources, { style: out.style, columns: out.columns() })}`);
  }
  return 0;
}
