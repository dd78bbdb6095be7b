import type { FinishedRun, FinishedRunQuery } from './finished-run.ts';
import type { ScheduleStore } from './occurrence.ts';
import type { Outbox } from './outbox.ts';
import type { Store } from './store.ts';

/** The store with what is kept beside runs. A fault that lasts of one part is one of all. */
export interface SharedStore extends Store {
  /** Runs and plans that have an end, in the order of their starts. */
  finishedRuns(query: FinishedRunQuery): Iterable<FinishedRun>;
  readonly schedules: ScheduleStore;
  readonly outbox: Outbox;
}
