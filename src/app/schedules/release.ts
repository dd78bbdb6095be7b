import type { ProcessId } from '../../model/event.ts';
import type { OccurrenceRecord, OpenOccurrence, ScheduleStore, Settlement } from '../../model/occurrence.ts';
import { stateOf } from '../process-id.ts';
import { runState } from '../run-state.ts';

export interface Releasing {
  /** Who says that those processes are dead. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** This process: it has a row in hand while it ends it. */
  readonly process: ProcessId;
  readonly look?: typeof stateOf;
}

/** A row that was brought to its end, as it was before, and what stands in it now. */
export interface Released {
  readonly record: OccurrenceRecord;
  readonly settlement: Settlement;
}

/**
 * Ends all that a schedule has open in processes of which nobody can tell from here whether they live, as on another machine: a person
 * says that they are dead. What lives here, or died here, is left alone. Throws `StoreFault`.
 */
export function release(
  schedule: string,
  store: ScheduleStore,
  { by, now, process, look = stateOf }: Releasing,
): readonly Released[] {
  const open = store.open().filter(({ record }) => record.schedule === schedule);
  return open.flatMap((each) => {
    const { record, run } = each;
    const owner = record.process;
    if (owner === undefined || look(owner) !== 'elsewhere') return [];
    if (run !== undefined && runState(run, look) === 'running') return [];
    const settlement = endOf(each, owner, by, now);
    const isEnded = store.takeOver(record, owner, process) && store.settle(record, process, settlement);
    return isEnded ? [{ record, settlement }] : [];
  });
}

function endOf({ run }: OpenOccurrence, { pid, machine }: ProcessId, by: string, now: number): Settlement {
  if (run?.finishedAt !== undefined && run.isResumable !== true) {
    const { finishedAt, exitCode } = run;
    return { state: 'ended', endedAt: finishedAt, ...(exitCode !== undefined && { exitCode }) };
  }
  const wayOn = run?.isResumable === true ? `: runbook resume ${run.runId} --taken-over goes on with its run` : '';
  const note = `${by} released it from process ${pid} on ${machine}${wayOn}`;
  return { state: 'failed', endedAt: new Date(now).toISOString(), note };
}
