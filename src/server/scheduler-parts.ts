import type { stateOf } from '../app/process-id.ts';
import type { Clock } from '../model/clock.ts';
import type { ProcessId } from '../model/event.ts';
import type { OccurrenceRecord, ScheduleStore } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import type { StoreFault } from '../model/store-fault.ts';
import type { OngoingRuns } from './ongoing-runs.ts';
import type { Say } from './serve-event.ts';

/** What the loop of `serve` works with; tests give others. */
export interface SchedulerParts {
  readonly clock: Clock;
  readonly process: ProcessId;
  readonly stateOf: typeof stateOf;
  readonly newRunId: () => string;
  /** The store as it is now, opened anew where it had to be. Throws `StoreFault` while there is none. */
  readonly store: () => ScheduleStore;
  readonly runs: OngoingRuns;
  /** Why nothing may be started now, in words. */
  readonly frozen: () => Promise<string | undefined>;
  /** Tells of what needs a person, before it is written down. Rejects with `StoreFault`. */
  readonly tell: (record: OccurrenceRecord, schedule?: Schedule) => Promise<void>;
  /** The same of a run whose process died after its end. */
  readonly tellOfRun: (runId: string) => Promise<void>;
  /** A row that was not to be begun, or that came to an end without a run of this process. */
  readonly onRow: (record: Pick<OccurrenceRecord, 'schedule' | 'state' | 'count'>) => void;
  /** Each fault of the store, also the same again: one that lasts is to be opened anew. Undefined, once: it can be written again. */
  readonly onStore: (fault: StoreFault | undefined) => void;
  readonly say: Say;
}
