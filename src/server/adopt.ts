import { pauseOf } from '../app/schedules/schedule-overview.ts';
import { isSameProcess, type ProcessState } from '../app/process-id.ts';
import type { ProcessId } from '../model/event.ts';
import { isTimeOfSchedule, keyInstant } from '../model/occurrence-key.ts';
import type { OccurrenceRecord, OpenOccurrence, Settlement } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import { delayOf, isLate } from '../schedule/due.ts';
import { unreachable } from '../util/unreachable.ts';
import { adoptionOf, type Adoption } from './adoption.ts';
import type { SchedulerParts } from './scheduler-parts.ts';

export interface AdoptParts extends SchedulerParts {
  /** Absent: the configuration has it no more. */
  readonly schedule: Schedule | undefined;
  /** Nothing is frozen, and there is room. */
  readonly mayBegin: boolean;
}

/** Takes up what a process has left behind, our own included, and says how. `leave`: it is as it was. Rejects with `StoreFault`. */
export async function adopt(open: OpenOccurrence, parts: AdoptParts): Promise<Adoption> {
  const { record } = open;
  const adoption = adoptionOf(open, (asked) => lookAt(asked, record, parts));
  switch (adoption) {
    case 'leave':
      return adoption;
    case 'queue':
      return parts.schedule === undefined ? end(record, GONE, parts) : takeOver(record, parts) ? adoption : 'leave';
    case 'start':
      if (isTooLate(record, parts)) return end(record, TOO_LATE, parts);
      return isPaused(record, parts) ? end(record, PAUSED, parts) : begin(record, adoption, parts);
    case 'resume':
      return parts.schedule?.mode === 'shadow' ? end(record, SHADOW, parts) : begin(record, adoption, parts);
    case 'settle':
      return settleEnded(open, parts);
    case 'give-up':
      return end(record, DIED, parts);
    default:
      return unreachable(adoption);
  }
}

const GONE = { state: 'skipped', note: 'the configuration has this schedule no more' } as const;
const TOO_LATE = {
  state: 'missed',
  note: 'it was taken and not begun: its process died, or its store failed; its grace is over',
} as const;
const PAUSED = { state: 'skipped', note: 'it was taken and not begun, and is paused by now' } as const;
/** Only what repairs is resumed. */
const SHADOW = {
  state: 'failed',
  note: 'its run was left in its middle, and its mode is shadow by now: runbook resume goes on with it',
} as const;
const DIED = { state: 'ended', note: 'its process died before anything was approved: nothing was changed' } as const;

/** What we ourselves do not have in hand any more is as left behind. */
function lookAt(asked: ProcessId, { runId = '', state }: OccurrenceRecord, parts: AdoptParts): ProcessState {
  const { process, stateOf, runs } = parts;
  if (!isSameProcess(asked, process)) return stateOf(asked);
  return state === 'queued' || runs.has(runId) ? 'alive' : 'gone';
}

function isTooLate({ key }: OccurrenceRecord, { schedule, clock }: AdoptParts): boolean {
  return schedule !== undefined && isLate(schedule, keyInstant(key), clock.now() - delayOf(schedule));
}

/** What a person started by hand heeds no pause. */
function isPaused({ key }: OccurrenceRecord, { schedule, store, clock }: AdoptParts): boolean {
  if (schedule === undefined || !isTimeOfSchedule(key)) return false;
  return pauseOf(schedule, store().mark(schedule.name)?.paused, clock.now()) !== undefined;
}

async function begin(record: OccurrenceRecord, how: 'start' | 'resume', parts: AdoptParts): Promise<Adoption> {
  const { schedule, mayBegin, runs, say } = parts;
  const { schedule: name, key, runId } = record;
  if (runId === undefined || (how === 'start' && schedule === undefined))
    return end(record, { ...GONE, state: 'failed' }, parts);
  if (!mayBegin || !takeOver(record, parts)) return 'leave';
  const occurrence = { schedule: name, key, runId };
  const message = `it was left behind: ${how === 'start' ? 'it begins now' : 'it is gone on with'}`;
  say({ level: 'warning', type: 'adopted', message, occurrence, runId });
  runs.begin({ occurrence, how, ...(schedule !== undefined && { schedule }) });
  return how;
}

async function settleEnded({ record, run }: OpenOccurrence, parts: AdoptParts): Promise<Adoption> {
  if (run === undefined) return 'leave';
  await parts.tellOfRun(run.runId);
  const { finishedAt, exitCode } = run;
  const ended = { state: 'ended', ...(finishedAt !== undefined && { endedAt: finishedAt }) } as const;
  await end(record, { ...ended, ...(exitCode !== undefined && { exitCode }) }, parts);
  return 'settle';
}

async function end(record: OccurrenceRecord, settlement: Settlement, parts: AdoptParts): Promise<Adoption> {
  const { store, process, clock, tell, onRow, say, schedule } = parts;
  const { schedule: name, key, runId } = record;
  const { state, note, exitCode, endedAt = new Date(clock.now()).toISOString() } = settlement;
  if (state === 'failed' || state === 'missed') await tell({ ...record, ...settlement, endedAt }, schedule);
  if (!takeOver(record, parts) || !store().settle(record, process, { ...settlement, endedAt })) return 'leave';
  onRow({ schedule: name, state });
  const message = `it was left behind: ${note ?? `its run has ended with exit code ${exitCode}`}`;
  const of = { occurrence: { schedule: name, key }, ...(runId !== undefined && { runId }) };
  say({ level: 'warning', type: 'adopted', message, ...of });
  return 'give-up';
}

const takeOver = (record: OccurrenceRecord, { store, process }: AdoptParts): boolean =>
  record.process !== undefined && store().takeOver(record, record.process, process);
