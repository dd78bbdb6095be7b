import { stateOf } from '../app/process-id.ts';
import type { OccurrenceRecord } from '../model/occurrence.ts';
import { isTimeOfSchedule, keyInstant } from '../model/occurrence-key.ts';
import { localTime } from './local-time.ts';

/** What became of it, in a word or two: `ended 0`, `missed 12`. */
export function stateText(record: OccurrenceRecord): string {
  const { state, exitCode, count = 1, process } = record;
  if (isCorrection(record)) return 'clock';
  if (process !== undefined && stateOf(process) === 'gone') return `${state}, died`;
  if (state === 'ended' && exitCode !== undefined) return `ended ${exitCode}`;
  return count > 1 ? `${state} ${count}` : state;
}

/** When it was due, in the time zone of this machine. */
export const dueText = ({ key }: OccurrenceRecord): string => localTime(new Date(keyInstant(key)).toISOString());

/** Why, and what else there is to say of it. */
export function noteText(record: OccurrenceRecord): string {
  const { key, note, since, count = 1, process } = record;
  const isByHand = !isTimeOfSchedule(key) && !isCorrection(record);
  return [
    ...(isByHand ? ['out of turn'] : []),
    ...(count > 1 && since !== undefined ? [`since ${localTime(since)}`] : []),
    ...(note === undefined ? [] : [note]),
    ...(process !== undefined && stateOf(process) === 'gone' ? ['the next runbook serve goes on with it'] : []),
  ].join('; ');
}

const isCorrection = ({ key }: OccurrenceRecord): boolean => key.endsWith('/clock');
