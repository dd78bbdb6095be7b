import type { StoreFailed } from '../execute/record/recorder.ts';
import type { ErrorInfo } from '../model/error.ts';
import { StoreFault } from '../model/store-fault.ts';

/** Why a run ended without an end in its record, and what to do. */
export function storeFailed(runId: string, error: StoreFailed): ErrorInfo {
  return { code: 'store', message: `${error.message}; the run ${runId} was stopped`, hint: hintOf(runId, error.cause) };
}

function hintOf(runId: string, cause: unknown): string {
  const goOn = `then go on with it: runbook resume ${runId}`;
  switch (cause instanceof StoreFault ? cause.kind : 'broken') {
    case 'full':
      return `free space where the store is, ${goOn}`;
    case 'busy':
      return `end what keeps the store locked, such as a backup, ${goOn}`;
    case 'taken-over':
      return `it goes on there, and nothing more is sent from here: runbook show ${runId}`;
    case 'gone':
      return `bring the store back, ${goOn}; without it look at the hosts: runbook plan shows how they are`;
    case 'broken':
      return `look at the disk; runbook fsck says what is left of the record, ${goOn}`;
  }
}
