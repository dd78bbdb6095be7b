import { cutOffHosts } from '../app/cut-off-hosts.ts';
import { runState } from '../app/run-state.ts';
import type { RunRecord, Store } from '../model/store.ts';
import { unreachable } from '../util/unreachable.ts';

/** What a person must know of a run that has not come to its end, and what to do; empty when it has. */
export function openRunText(run: RunRecord, store: Pick<Store, 'events'>): string {
  const { runId, process } = run;
  const state = runState(run);
  switch (state) {
    case 'finished':
      return '';
    case 'running':
      return `It is running, as process ${process?.pid}. To end it: runbook cancel ${runId}`;
    case 'interrupted':
      return `It was interrupted${run.exitCode === undefined ? ': its process is gone' : ''}.${waysOn(runId, cutOffHosts(store.events(runId)))}`;
    case 'died':
      return `Its process died. ${nothingToGoOnWith(run)}`;
    case 'elsewhere':
      return `It was left open${process === undefined ? '' : ` by process ${process.pid} on ${process.machine}`}. Whether it still runs cannot be told from here.`;
    default:
      return unreachable(state);
  }
}

function waysOn(runId: string, cutOff: readonly string[]): string {
  const ways = `\nTo go on with it: runbook resume ${runId}\nTo undo what it changed: runbook rollback ${runId}`;
  if (cutOff.length === 0) return ways;
  return `
A step was ended in the middle on ${cutOff.join(', ')}. It is not sent again: resume diagnoses anew, goes on
where the problem is gone, and undoes what was changed where it is not.${ways}`;
}

function nothingToGoOnWith({ mode }: RunRecord): string {
  switch (mode) {
    case 'run':
      return 'It changed nothing: it was never approved.';
    case 'plan':
      return 'It changed nothing: it only planned.';
    case 'exec':
      return 'What its command came to on hosts that have no end here is not known: look there before it is given again.';
    default:
      return unreachable(mode);
  }
}
