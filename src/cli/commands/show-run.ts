import { findRun } from '../../app/find-run.ts';
import { stateDirectory, surroundings } from '../../app/surroundings.ts';
import { because } from '../../app/trouble.ts';
import type { RunRecord } from '../../model/store.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { openRunText } from '../open-run-text.ts';
import { renderPastRun } from '../past-run-text.ts';
import { printTrouble } from '../print-trouble.ts';
import type { ShowOptions } from '../options.ts';
import type { Terminal } from '../terminal.ts';

export async function showRun(prefix: string, { json, verbose }: ShowOptions, terminal: Terminal): Promise<number> {
  const store = openSqliteStore(stateDirectory(surroundings(terminal.environment, terminal.directory)));
  if (!store.ok) return printTrouble(because(store.error), terminal, json === true);
  try {
    const runId = findRun(prefix, store.value);
    if (!runId.ok) return printTrouble(because(runId.error), terminal, json === true);
    const events = store.value.events(runId.value);
    if (json === true) for (const event of events) terminal.out.print(`${JSON.stringify(event)}\n`);
    else {
      await renderPastRun(events, store.value.carriedOutBy(runId.value), terminal, verbose === true);
      printStanding(store.value.runs({ limit: 1, runId: runId.value }), terminal);
    }
    return 0;
  } finally {
    await store.value.close();
  }
}

function printStanding(runs: readonly RunRecord[], { out }: Terminal): void {
  for (const run of runs) {
    const text = openRunText(run);
    if (text !== '') out.print(`\n${out.style('warn', text)}\n`);
  }
}
