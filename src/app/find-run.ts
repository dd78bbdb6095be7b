import type { ErrorInfo } from '../model/error.ts';
import type { Store } from '../model/store.ts';
import { err, ok, type Result } from '../util/result.ts';

/** Names the newest run wherever an id is asked for. */
export const LAST = 'last';

/** The one run whose id begins with `prefix`, or the newest for `last`; an empty one names none. `what` the caller looks for, in words: a plan is kept under the id of its run. */
export function findRun(prefix: string, store: Store, what: 'run' | 'plan' = 'run'): Result<string, ErrorInfo> {
  if (prefix === LAST) {
    const [newest] = store.runs({ limit: 1, ...(what === 'plan' && { mode: 'plan' }) });
    if (newest !== undefined) return ok(newest.runId);
    return err({ code: 'usage', message: `there is no ${what} yet`, hint: 'see runbook history' });
  }
  if (prefix === '') {
    const hint = `write the beginning of one, or ${LAST}: see runbook history`;
    return err({ code: 'usage', message: `the id of a ${what} is empty`, hint });
  }
  const ids = store.match(prefix.toLowerCase());
  const [only] = ids;
  if (only !== undefined && ids.length === 1) return ok(only);
  if (ids.length === 0) {
    return err({ code: 'usage', message: `there is no ${what} ${prefix}`, hint: 'see runbook history' });
  }
  const hint = `write more of one of them:\n${ids.slice(0, 10).join('\n')}`;
  return err({ code: 'usage', message: `${ids.length} runs begin with ${prefix}`, hint });
}
