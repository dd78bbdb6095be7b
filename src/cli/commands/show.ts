import { findRunbook } from '../../app/find-runbook.ts';
import { openRunbook } from '../../app/open-files.ts';
import { stateDirectory, surroundings, type Surroundings } from '../../app/surroundings.ts';
import { because } from '../../app/trouble.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { Store } from '../../model/store.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { printTrouble } from '../print-trouble.ts';
import { renderDiagnostics } from '../print-diagnostics.ts';
import { renderRunbook, runbookAsJson } from '../runbook-text.ts';
import { renderPastRun } from '../past-run-text.ts';
import type { Terminal } from '../terminal.ts';

export interface ShowOptions {
  readonly verbose?: boolean;
  readonly json?: boolean;
}

/** `runbook show`: a runbook, or a past run. Ids of runs begin with a digit, names of runbooks never do. */
export function show(what: string, options: ShowOptions, terminal: Terminal): Promise<number> {
  const here = surroundings(terminal.environment, terminal.directory);
  return /^\d[0-9a-z]*$/i.test(what)
    ? showRun(what.toLowerCase(), options, here, terminal)
    : Promise.resolve(showRunbook(what, options, here, terminal));
}

function showRunbook(given: string, { json }: ShowOptions, here: Surroundings, terminal: Terminal): number {
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

async function showRun(
  prefix: string,
  { json, verbose }: ShowOptions,
  here: Surroundings,
  terminal: Terminal,
): Promise<number> {
  const store = openSqliteStore(stateDirectory(here));
  if (!store.ok) return printTrouble(because(store.error), terminal, json === true);
  try {
    const runId = findRun(prefix, store.value);
    if (!runId.ok) return printTrouble(because(runId.error), terminal, json === true);
    const events = store.value.events(runId.value);
    if (json === true) for (const event of events) terminal.out.print(`${JSON.stringify(event)}\n`);
    else await renderPastRun(events, terminal, verbose === true);
    return 0;
  } finally {
    await store.value.close();
  }
}

function findRun(prefix: string, store: Store): Result<string, ErrorInfo> {
  const ids = store.match(prefix);
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return ok(only);
  if (ids.length === 0) {
    return err({ code: 'usage', message: `there is no run ${prefix}`, hint: 'see runbook history' });
  }
  const hint = `write more of one of them:\n${ids.slice(0, 10).join('\n')}`;
  return err({ code: 'usage', message: `${ids.length} runs begin with ${prefix}`, hint });
}
