import type { RunRecord } from '../model/store.ts';
import { unreachable } from '../util/unreachable.ts';
import { stateOf } from './process-id.ts';

/**
 * `interrupted`: its process is gone and hosts may have been left in the middle; when it was approved, `runbook resume` goes on
 * with it. `elsewhere`: it was left open, and whether its process lives cannot be told from here.
 */
export type RunState = 'running' | 'interrupted' | 'finished' | 'elsewhere';

/** How a recorded run stands now. */
export function runState({ finishedAt, process, isResumable }: RunRecord, look: typeof stateOf = stateOf): RunState {
  if (finishedAt !== undefined) return isResumable === true ? 'interrupted' : 'finished';
  if (process === undefined) return 'elsewhere';
  const found = look(process);
  switch (found) {
    case 'alive':
      return 'running';
    case 'gone':
      return 'interrupted';
    case 'elsewhere':
      return 'elsewhere';
    default:
      return unreachable(found);
  }
}
