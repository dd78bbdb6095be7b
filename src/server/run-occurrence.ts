import { exitCodeOfTrouble } from '../app/exit-codes.ts';
import { prepare, type Prepared } from '../app/prepare.ts';
import { openWork, resume } from '../app/resume.ts';
import { compareWithRun, openResumableRun, whyNotPrepared } from '../app/resumable-run.ts';
import type { stateOf } from '../app/process-id.ts';
import { run, type RunEnd } from '../app/run.ts';
import { selectionOf } from '../app/saved-plan.ts';
import { scheduledSelection } from '../app/scheduled-selection.ts';
import { because, noteOf, type Trouble } from '../app/trouble.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { Occurrence, Settlement } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import type { Result } from '../util/result.ts';
import { drive, type Drive } from './drive.ts';

/** How the run of an occurrence came to an end, or did not. */
export type OccurrenceEnd =
  | { readonly kind: 'ended'; readonly end: RunEnd; readonly prepared: Prepared }
  /** Some host was left in its middle. Whoever has the row goes on with the run, unless it was to end there. */
  | { readonly kind: 'interrupted'; readonly end: RunEnd; readonly prepared: Prepared }
  /** No run could begin, or it cannot be gone on with. */
  | { readonly kind: 'failed'; readonly trouble: Trouble }
  /** The store failed, or somebody else has the run now: its row is left as it is, and looked at again. */
  | { readonly kind: 'left'; readonly error: ErrorInfo };

/** A row that runs and is ours. */
export interface RunningOccurrence extends Occurrence {
  readonly runId: string;
}

/**
 * Runs what a schedule means, under the id that its row has; in mode `shadow` it only plans. All files are read now. Approved is
 * what the diagnosis finds up to the schedule's risk. Writes the record of the run, and not the row.
 */
export async function runOccurrence(
  occurrence: RunningOccurrence,
  schedule: Schedule,
  driven: Drive,
): Promise<OccurrenceEnd> {
  const prepared = await prepare(scheduledSelection(schedule), driven.site);
  if (!prepared.ok) return { kind: 'failed', trouble: prepared.error };
  const mode = schedule.mode === 'shadow' ? 'plan' : 'run';
  const ended = await drive(prepared.value, reasonOf(occurrence), driven, (request, parts) => {
    const { user } = request.startedBy;
    return run(
      prepared.value,
      {
        ...request,
        ...(mode === 'plan' && { stop: driven.stop, startedBy: { ...request.startedBy, shadow: true } }),
        mode,
        runId: occurrence.runId,
        maxRisk: schedule.maxRisk,
        approve: () => Promise.resolve({ by: user, how: 'yes-option' }),
      },
      parts,
    );
  });
  return endOf(ended, prepared.value, driven);
}

/** Goes on with a run whose process died, or that was interrupted. `look`: whether a process lives. */
export async function resumeOccurrence(
  occurrence: RunningOccurrence,
  look: typeof stateOf,
  driven: Drive,
): Promise<OccurrenceEnd> {
  const how = 'resume';
  const past = openResumableRun(occurrence.runId, { how, takenOver: false }, driven.store, look);
  if (!past.ok) return { kind: 'failed', trouble: because(past.error) };
  const prepared = await prepare({ ...selectionOf(past.value.saved, {}), mayLack: true }, driven.site);
  if (!prepared.ok) return { kind: 'failed', trouble: whyNotPrepared(past.value, how, prepared.error) };
  const other = compareWithRun(past.value, how, prepared.value);
  if (other !== undefined) return { kind: 'failed', trouble: because(other) };
  const work = openWork(past.value, how, prepared.value);
  if (!work.ok) return { kind: 'failed', trouble: because(work.error) };
  const ended = await drive(prepared.value, reasonOf(occurrence), driven, (request, parts) =>
    resume(past.value, work.value, prepared.value, request, parts),
  );
  return endOf(ended, prepared.value, driven);
}

/** What is written into the row. Undefined: nothing yet. `now`: milliseconds since 1970. */
export function settlementOf(ended: OccurrenceEnd, now: number): Settlement | undefined {
  const endedAt = new Date(now).toISOString();
  switch (ended.kind) {
    case 'ended':
      return { state: 'ended', endedAt, exitCode: ended.end.finished.exitCode };
    case 'failed':
      return { state: 'failed', endedAt, exitCode: exitCodeOfTrouble(ended.trouble), note: noteOf(ended.trouble) };
    case 'interrupted':
    case 'left':
      return undefined;
  }
}

const reasonOf = ({ schedule, key }: Occurrence): string => `schedule ${schedule}, ${key.split('/')[0] ?? key}`;

function endOf(ended: Result<RunEnd, ErrorInfo>, prepared: Prepared, { store }: Drive): OccurrenceEnd {
  if (!ended.ok) return { kind: 'left', error: ended.error };
  const [record] = store.runs({ limit: 1, runId: ended.value.runId });
  const kind = record?.isResumable === true ? 'interrupted' : 'ended';
  return { kind, end: ended.value, prepared };
}
