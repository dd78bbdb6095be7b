import { because, type Trouble } from '../app/trouble.ts';
import type { StoreFault } from '../model/store-fault.ts';

/** What could not be written down of a schedule. */
export function storeTrouble({ kind, message }: StoreFault): Trouble {
  const hint = kind === 'full' ? 'make room, and say it again' : 'say it again; runbook doctor looks at the store';
  return because({ code: 'store', message: `it is not written down: the store failed: ${message}`, hint });
}
