import type { Attempt } from '../../model/attempt.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { Outcome } from '../../model/result.ts';
import type { HostEnd } from '../host-ends.ts';
import { nextOf, type StageEnd } from '../lifecycle.ts';
import type { PastHost } from './past-host.ts';

/** Hosts that a rollback leaves out, and that have no end. */
export const LEFT_OPEN: HostEnd = {
  outcome: 'unknown',
  reason: 'it was left in the middle, and is not among those rolled back',
};
export const NOT_BEGUN: HostEnd = {
  outcome: 'not-started',
  reason: 'the run was rolled back before this host was begun',
};

export const OTHER_MACHINE: ErrorInfo = {
  code: 'refused',
  message: 'another machine answers at its address than the one that was changed',
  hint: 'look at both by hand; correct its address in the inventory before the run is resumed',
};

/** Pure: a host in the middle on which another run has worked since is another story, whatever that run came to. */
export function treatedSince({ runId, runbook, host }: Attempt, ours: string): ErrorInfo {
  const message = `the run ${runId} (${runbook}) has changed it since`;
  const hint = `what that did: runbook show ${runId}; to begin anew there: runbook run ${ours} --limit ${host}`;
  return { code: 'refused', message, hint };
}

/** Pure: how a host ends that could not be gone on with: nobody knows how it is when something was sent there. */
export function endAside({ isChanged }: PastHost, { end, reason, error }: StageEnd<'lock'>): HostEnd {
  const told = error === undefined ? {} : { error };
  const next = nextOf('lock', end);
  if (!isChanged) return { outcome: 'outcome' in next ? next.outcome : 'not-started', reason, ...told };
  const outcome: Outcome = 'unknown';
  const interrupted = end === 'interrupted' ? { interrupted: true as const } : {};
  return { outcome, reason: `not asked what became of it: ${reason}`, ...told, ...interrupted };
}
