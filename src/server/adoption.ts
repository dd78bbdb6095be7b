import type { stateOf } from '../app/process-id.ts';
import { runState } from '../app/run-state.ts';
import type { OpenOccurrence } from '../model/occurrence.ts';
import { unreachable } from '../util/unreachable.ts';

/**
 * What becomes of a row that is queued or runs. `leave`: somebody has it in hand, or that cannot be told from here. `queue`: it goes on
 * waiting here. `start`: no event of its run is there. `resume`: its run is in its middle. `settle`: its run has ended. `give-up`: its run
 * changed nothing, and cannot be gone on with.
 */
export type Adoption = 'leave' | 'queue' | 'start' | 'resume' | 'settle' | 'give-up';

/** Pure. `look`: whether a process has what it began still in hand. */
export function adoptionOf({ record, run }: OpenOccurrence, look: typeof stateOf): Adoption {
  const owner = record.process === undefined ? 'gone' : look(record.process);
  if (owner === 'alive') return 'leave';
  if (run !== undefined) {
    const state = runState(run, look);
    switch (state) {
      case 'running':
      case 'elsewhere':
        return 'leave';
      case 'finished':
        return 'settle';
      case 'interrupted':
        return owner === 'gone' ? 'resume' : 'leave';
      case 'died':
        return owner === 'gone' ? 'give-up' : 'leave';
      default:
        return unreachable(state);
    }
  }
  if (owner === 'elsewhere') return 'leave';
  return record.state === 'queued' ? 'queue' : 'start';
}
