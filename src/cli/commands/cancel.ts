import { cancel as cancelRun, whyServeHas, type Cancelled } from '../../app/cancel.ts';
import { findRun } from '../../app/find-run.ts';
import { stateDirectory, surroundings } from '../../app/surroundings.ts';
import { SYSTEM_CLOCK } from '../../app/system-clock.ts';
import { because } from '../../app/trouble.ts';
import type { Store } from '../../model/store.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { printable } from '../../util/printable.ts';
import { FAILED } from '../../app/exit-codes.ts';
import { openRunText } from '../open-run-text.ts';
import type { CancelOptions } from '../options.ts';
import { printTrouble } from '../print-trouble.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook cancel RUN`: from another terminal, what Ctrl-C does. Exit code 1: it goes on still. */
export async function cancel(id: string, { kill }: CancelOptions, terminal: Terminal): Promise<number> {
  const store = openSqliteStore(stateDirectory(surroundings(terminal.environment, terminal.directory)));
  if (!store.ok) return printTrouble(because(store.error), terminal, false);
  try {
    const runId = findRun(id, store.value);
    if (!runId.ok) return printTrouble(because(runId.error), terminal, false);
    const serves = whyServeHas(runId.value, store.value.schedules);
    if (serves !== undefined) return printTrouble(because(serves), terminal, false);
    const cancelled = await cancelRun(runId.value, { kill: kill === true }, store.value, SYSTEM_CLOCK);
    if (!cancelled.ok) return printTrouble(because(cancelled.error), terminal, false);
    terminal.out.print(endText(cancelled.value, kill === true, store.value));
    return cancelled.value.running === undefined ? 0 : FAILED;
  } finally {
    await store.value.close();
  }
}

function endText({ run, running }: Cancelled, kill: boolean, store: Store): string {
  if (running !== undefined) {
    const steps = running.map((step) => `  ${printable(step)}\n`).join('');
    const what = steps === '' ? '' : ` What runs there is awaited:\n${steps}`;
    const ways = kill
      ? `How it stands: runbook show ${run.runId}`
      : `To end that too: runbook cancel ${run.runId} --kill`;
    return `It was told to stop, and starts nothing new.${what.trimEnd()}\n${ways}\n`;
  }
  const counts = Object.entries(run.counts).map(([outcome, number]) => `${number} ${outcome}`);
  const ended =
    run.exitCode === undefined
      ? `The run ${run.runId} has stopped.`
      : `The run ${run.runId} has ended with exit code ${run.exitCode}: ${counts.join(', ')}.`;
  return [ended, openRunText(run, store)].filter((text) => text !== '').join('\n') + '\n';
}
