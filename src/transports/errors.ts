import type { ErrorInfo } from '../model/error.ts';
import type { Claim, LockNote } from '../model/transport.ts';

export const lockHeld = (note: LockNote): ErrorInfo => ({
  code: 'lock-held',
  message: `locked by run ${note.runId} of ${note.runbook}, started by ${note.by} at ${note.since}`,
  hint: 'Wait until that run ends, or cancel it where it was started.',
});

export const SAME_MACHINE: ErrorInfo = {
  code: 'same-machine',
  message: 'another host of this run is the same machine and has its lock',
  hint: 'Remove one of the two names from the inventory or from --limit.',
};

/** Not `lock-held`: there is nothing to wait for. */
export const TAKEN_OVER: ErrorInfo = {
  code: 'refused',
  message: 'taken over by a newer session of this run',
  hint: 'Another process goes on with the run: `runbook history` shows it. This one can do nothing more there.',
};

/** The claim as the name of a directory under the run's own. */
export const claimName = (claim: Claim): string => `${claim.runId}/${claim.step}.${claim.attempt}`;
