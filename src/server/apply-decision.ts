import type { OccurrenceRecord } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import type { Decision, Several } from '../schedule/decision.ts';
import { unreachable } from '../util/unreachable.ts';
import type { SchedulerParts } from './scheduler-parts.ts';

const NOBODY_WATCHED = 'no scheduler ran then, or this machine slept';

/**
 * Makes a row of what was decided, and begins what it begins. What another process has decided is left as it is. `whyMissed`: why times
 * were missed, in words. Rejects with `StoreFault`.
 */
export async function applyDecision(
  decision: Decision,
  schedule: Schedule,
  parts: SchedulerParts,
  whyMissed = NOBODY_WATCHED,
): Promise<void> {
  const { runs, newRunId, process } = parts;
  switch (decision.kind) {
    case 'start':
      if (decision.wasQueued) startQueued(decision.key, schedule, parts);
      else {
        const runId = newRunId();
        const isOurs = take({ key: decision.key, state: 'running', runId, process }, schedule, parts);
        if (isOurs)
          runs.begin({ occurrence: { schedule: schedule.name, key: decision.key, runId }, how: 'start', schedule });
      }
      return;
    case 'queue': {
      const { key } = decision;
      const isOurs = take({ key, state: 'queued', runId: newRunId(), process }, schedule, parts);
      if (isOurs) say('queued', key, 'it waits for the one before, or for room', schedule, parts);
      return;
    }
    case 'drop':
      await drop(decision, schedule, parts);
      return;
    case 'interrupt':
      runs.replace(schedule.name);
      return;
    case 'skip':
      takeSeveral('skipped', decision, decision.why, schedule, parts);
      return;
    case 'miss':
      await miss(decision, schedule, parts, whyMissed);
      return;
    case 'correct':
      if (take({ key: decision.key, state: 'skipped', note: decision.why }, schedule, parts))
        say('corrected', decision.key, decision.why, schedule, parts);
      return;
    default:
      unreachable(decision);
  }
}

type Drop = Extract<Decision, { readonly kind: 'drop' }>;

/** Its row is there, under the id of its run. */
function startQueued(key: string, schedule: Schedule, { store, process, runs }: SchedulerParts): void {
  const isIt = (record: OccurrenceRecord): boolean => record.schedule === schedule.name && record.key === key;
  const runId = store()
    .open()
    .find(({ record }) => isIt(record))?.record.runId;
  if (runId === undefined) return;
  const occurrence = { schedule: schedule.name, key, runId };
  if (store().settle(occurrence, process, { state: 'running' })) runs.begin({ occurrence, how: 'start', schedule });
}

async function drop({ key, state, why }: Drop, schedule: Schedule, parts: SchedulerParts): Promise<void> {
  const { store, process, clock, tell, onRow } = parts;
  const { name } = schedule;
  const endedAt = new Date(clock.now()).toISOString();
  if (state === 'missed') await tell({ schedule: name, key, state, decidedAt: endedAt, endedAt, note: why }, schedule);
  if (!store().settle({ schedule: name, key }, process, { state, endedAt, note: why })) return;
  onRow({ schedule: name, state });
  say(state, key, why, schedule, parts);
}

async function miss(several: Several, schedule: Schedule, parts: SchedulerParts, note: string): Promise<void> {
  const decidedAt = new Date(parts.clock.now()).toISOString();
  const { key, count, since } = several;
  const record = { schedule: schedule.name, key, state: 'missed', decidedAt, note, count, since } as const;
  await parts.tell(record, schedule);
  takeSeveral('missed', several, note, schedule, parts);
}

function takeSeveral(
  state: 'skipped' | 'missed',
  { key, count, since }: Several,
  note: string,
  schedule: Schedule,
  parts: SchedulerParts,
): void {
  if (!take({ key, state, note, ...(count > 1 && { count, since }) }, schedule, parts)) return;
  say(state, key, count > 1 ? `${count} times since ${since}: ${note}` : note, schedule, parts);
}

/** False: another process decided on it before. */
function take(
  row: Omit<OccurrenceRecord, 'schedule' | 'decidedAt'>,
  { name }: Schedule,
  { store, clock, onRow }: SchedulerParts,
): boolean {
  const record = { ...row, schedule: name, decidedAt: new Date(clock.now()).toISOString() };
  const isOurs = store().take(record);
  if (isOurs) onRow(record);
  return isOurs;
}

function say(
  type: 'queued' | 'skipped' | 'missed' | 'replaced' | 'corrected',
  key: string,
  message: string,
  { name }: Schedule,
  parts: SchedulerParts,
): void {
  const level = type === 'missed' || type === 'corrected' ? 'warning' : 'info';
  parts.say({ level, type, message, occurrence: { schedule: name, key } });
}
