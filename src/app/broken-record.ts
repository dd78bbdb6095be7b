import type { ErrorInfo } from '../model/error.ts';
import type { Store } from '../model/store.ts';

/**
 * Why nothing may be done because of what a run's record says: it is not as it was written. To be asked before `resume`, `rollback`
 * and `run --plan` contact anything. Undefined: it is whole.
 */
export function brokenRecord(runId: string, store: Pick<Store, 'verify'>): ErrorInfo | undefined {
  const [flaw] = store.verify(runId);
  if (flaw === undefined) return undefined;
  const where = flaw.seq === undefined ? '' : `event ${flaw.seq}: `;
  return {
    code: 'refused',
    message: `the record of ${runId} is not as it was written: ${where}${flaw.message}`,
    hint: 'nothing was contacted; runbook fsck tells all that is wrong; look at the hosts: runbook plan shows how they are',
  };
}
