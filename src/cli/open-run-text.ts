import { runState } from '../app/run-state.ts';
import type { RunRecord } from '../model/store.ts';
import { unreachable } from '../util/unreachable.ts';

/** What a person must know of a run that has not come to its end, and what to do; empty when it has. */
export function openRunText(run: RunRecord): string {
  const { runId, process } = run;
  const state = runState(run);
  switch (state) {
    case 'finished':
      return '';
    case 'running':
      return `It is running, as process ${process?.pid}. To end it: runbook cancel ${runId}`;
    case 'interrupted':
      return `It was interrupted${run.exitCode === undefined ? ': its process is gone' : ''}.${waysOn(run)}`;
    case 'elsewhere':
      return `It was left open${process === undefined ? '' : ` by process ${process.pid} on ${process.machine}`}. Whether it still runs cannot be told from here.`;
    default:
      return unreachable(state);
  }
}

/** What was only read, or never approved, has nothing to go on with. */
function waysOn({ runId, mode, isResumable }: RunRecord): string {
  if (mode !== 'run') return '';
  if (isResumable !== true) return ' It changed nothing: it was never approved.';
  return `\nTo go on with it: runbook resume ${runId}\nTo undo what it changed: runbook rollback ${runId}`;
}
