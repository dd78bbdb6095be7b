import type { RunRecord } from '../model/store.ts';
import { unreachable } from '../util/unreachable.ts';
import { stateOf } from './process-id.ts';

/**
 * `interrupted`: its process is gone, or an interrupt ended it, and hosts may have been left in the middle: `runbook resume` goes on with
 * it. `died`: its process is gone, and there is nothing to go on with: a plan, an exec, or a run that was never approved. `elsewhere`: it
 * was left open, and whether its process lives cannot be told from here.
 */
export type RunState = 'running' | 'interrupted' | 'died' | 'finished' | 'elsewhere';

/** How a recorded run stands now. */
export function runState({ finishedAt, process, isResumable }: RunRecord, look: typeof stateOf = stateOf): RunState {
  if (finishedAt !== undefined) return isResumable === true ? 'interrupted' : 'finished';
  if (process === undefined) return 'elsewhere';
  const found = look(process);
  switch (found) {
    case 'alive':
      return 'running';
    case 'gone':
      return isResumable === true ? 'interrupted' : 'died';
    case 'elsewhere':
      return 'elsewhere';
    default:
      return unreachable(found);
  }
}
