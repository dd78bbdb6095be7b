import { makeReport } from '../../app/report/make-report.ts';
import { stateDirectory, surroundings } from '../../app/surroundings.ts';
import { SYSTEM_CLOCK } from '../../app/system-clock.ts';
import { because } from '../../app/trouble.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import type { ReportOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import { renderReport } from '../report-text.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook report`. */
export async function report(options: ReportOptions, terminal: Terminal): Promise<number> {
  const { json = false, since, ...query } = options;
  const store = openSqliteStore(stateDirectory(surroundings(terminal.environment, terminal.directory)));
  if (!store.ok) return printTrouble(because(store.error), terminal, json);
  try {
    const now = SYSTEM_CLOCK.now();
    const made = makeReport(store.value, { ...query, since: now - since }, now);
    if (json) terminal.out.print(`${JSON.stringify(made)}\n`);
    else terminal.out.print(renderReport(made, options, terminal.out));
    return 0;
  } finally {
    await store.value.close();
  }
}
