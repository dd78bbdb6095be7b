import { brokenRecord } from '../../app/broken-record.ts';
import { findRun } from '../../app/find-run.ts';
import { stateDirectory, surroundings } from '../../app/surroundings.ts';
import { because } from '../../app/trouble.ts';
import type { Store } from '../../model/store.ts';
import type { ErrorInfo } from '../../model/error.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { printable } from '../../util/printable.ts';
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
    const broken = brokenRecord(runId.value, store.value);
    try {
      const events = store.value.events(runId.value);
      if (json === true) for (const event of events) terminal.out.print(`${JSON.stringify(event)}\n`);
      else {
        await renderPastRun(events, store.value.carriedOutBy(runId.value), terminal, verbose === true);
        printStanding(runId.value, store.value, terminal);
      }
    } catch (cause) {
      if (broken === undefined) throw cause;
      return printTrouble(because(notShown(runId.value, broken)), terminal, json === true);
    }
    if (broken !== undefined) terminal.err.print(`${terminal.err.style('warn', 'warning:')} ${warningOf(broken)}\n`);
    return 0;
  } finally {
    await store.value.close();
  }
}

/** What was edited may be shown, and is not to be believed. */
const warningOf = ({ message }: ErrorInfo): string =>
  printable(`${message}\n         do not rely on what it says; runbook fsck tells all that is wrong`);

const notShown = (runId: string, { message }: ErrorInfo): ErrorInfo => ({
  code: 'store',
  message: `${message}; the rest of it cannot be shown`,
  hint: `what there is, as it is: runbook show ${runId} --json; how the hosts are: runbook plan`,
});

function printStanding(runId: string, store: Store, { out }: Terminal): void {
  for (const run of store.runs({ limit: 1, runId })) {
    const text = openRunText(run, store);
    if (text !== '') out.print(`\n${out.style('warn', text)}\n`);
  }
}
