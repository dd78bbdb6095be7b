import { unreachable } from '../../util/unreachable.ts';
import type { Outcome } from '../../model/result.ts';

/** How a host that was started has ended. */
export interface Turn {
  readonly outcome: Outcome;
  /** A first change was sent, whatever came of it. */
  readonly attempted: boolean;
}

/** Pure: whether it counts for `max_failures`. What was found otherwise before anything was sent does not. */
export function isFailure({ outcome, attempted }: Turn): boolean {
  switch (outcome) {
    case 'rolled-back':
    case 'rollback-failed':
    case 'unknown':
    case 'unreachable':
    case 'failed':
      return true;
    case 'not-repaired':
      return attempted;
    case 'healthy':
    case 'repaired':
    case 'refused':
    case 'not-started':
    case 'not-applicable':
    case 'needs-fix':
    case 'done':
      return false;
    default:
      return unreachable(outcome);
  }
}
