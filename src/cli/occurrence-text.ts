import { stateOf } from '../app/process-id.ts';
import type { OccurrenceRecord } from '../model/occurrence.ts';
import { isTimeOfSchedule, keyInstant } from '../model/occurrence-key.ts';
import { unreachable } from '../util/unreachable.ts';
import { localTime } from './local-time.ts';

/** What became of it, in a word or two: `ended 0`, `missed 12`. */
export function stateText(record: OccurrenceRecord): string {
  const { state, exitCode, count = 1, process } = record;
  if (isCorrection(record)) return 'clock';
  if (process !== undefined) {
    const found = stateOf(process);
    if (found !== 'alive') return found === 'gone' ? `${state}, died` : `${state} on ${process.machine}`;
  }
  if (state === 'ended' && exitCode !== undefined) return `ended ${exitCode}`;
  return count > 1 ? `${state} ${count}` : state;
}

/** When it was due, in the time zone of this machine. */
export const dueText = ({ key }: OccurrenceRecord): string => localTime(new Date(keyInstant(key)).toISOString());

/** Why, and what else there is to say of it. */
export function noteText(record: OccurrenceRecord): string {
  const { key, note, since, count = 1 } = record;
  const isByHand = !isTimeOfSchedule(key) && !isCorrection(record);
  return [
    ...(isByHand ? ['out of turn'] : []),
    ...(count > 1 && since !== undefined ? [`since ${localTime(since)}`] : []),
    ...(note === undefined ? [] : [note]),
    ...wayOn(record),
  ].join('; ');
}

/** What becomes of it, when its process died or may have died. */
export function wayOn({ schedule, process }: OccurrenceRecord): readonly string[] {
  const state = process === undefined ? 'alive' : stateOf(process);
  switch (state) {
    case 'alive':
      return [];
    case 'gone':
      return ['the next runbook serve goes on with it'];
    case 'elsewhere':
      return [`if process ${process?.pid} there is dead: runbook schedule release ${schedule}`];
    default:
      return unreachable(state);
  }
}

const isCorrection = ({ key }: OccurrenceRecord): boolean => key.endsWith('/clock');
