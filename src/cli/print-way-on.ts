import { runState } from '../app/run-state.ts';
import type { Store } from '../model/store.ts';
import { openRunText } from './open-run-text.ts';
import type { JsonOption } from './options.ts';
import type { Terminal } from './terminal.ts';

/** The last words of a run that an interrupt ended with hosts in the middle: how to go on with it. */
export function printWayOn(
  runId: string,
  store: Pick<Store, 'runs' | 'events'>,
  { json }: JsonOption,
  { out }: Terminal,
): void {
  const [run] = store.runs({ limit: 1, runId });
  if (json === true || run === undefined || runState(run) !== 'interrupted') return;
  out.print(`\n${out.style('warn', openRunText(run, store))}\n`);
}

/** Before a runbook is run again, when its last run was cut short, and may have left hosts in the middle. */
export function interruptedBefore(runbook: string, store: Pick<Store, 'runs'>): string | undefined {
  const [last] = store.runs({ limit: 1, runbook, mode: 'run' });
  if (last === undefined || runState(last) !== 'interrupted') return undefined;
  return `the last run of ${runbook} was interrupted; to go on with it instead: runbook resume ${last.runId}`;
}
