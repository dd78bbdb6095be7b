import { stateDirectory, surroundings } from '../../app/surroundings.ts';
import { because } from '../../app/trouble.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { Store } from '../../model/store.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { err, ok, type Result } from '../../util/result.ts';
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
