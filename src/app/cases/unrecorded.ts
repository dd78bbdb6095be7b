import type { Reporter } from '../../model/reporter.ts';
import type { Journal } from '../../model/store.ts';
import { Broadcast } from '../broadcast.ts';

/** The events of a run for these alone: what a case does is in no record. */
export function unrecorded(...watching: readonly Pick<Reporter, 'accept'>[]): Broadcast {
  const reporters = watching.map((one) => ({
    accept: (event: Parameters<Reporter['accept']>[0]) => one.accept(event),
    close: () => Promise.resolve(),
  }));
  return new Broadcast(NOWHERE, reporters);
}

const NOWHERE: Journal = { commit: () => Promise.resolve() };
