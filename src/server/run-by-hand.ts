import { randomBytes } from 'node:crypto';
import { thisProcess } from '../app/process-id.ts';
import { createRunId } from '../app/run-id.ts';
import { occurrenceKey } from '../model/occurrence-key.ts';
import type { Schedule } from '../model/schedule.ts';
import type { SharedStore } from '../model/shared-store.ts';
import type { Drive } from './drive.ts';
import { runOccurrence, settlementOf, type OccurrenceEnd } from './run-occurrence.ts';

/**
 * Runs a schedule now, out of turn, in an occurrence of its own; whatever else of it runs. `beforeSettled` is given its end before it
 * stands in the row: there those are told who are to be told. Rejects with `StoreFault` when the row cannot be written.
 */
export async function runByHand(
  schedule: Schedule,
  driven: Drive & { readonly store: SharedStore },
  beforeSettled: (ended: OccurrenceEnd) => Promise<void> = () => Promise.resolve(),
): Promise<OccurrenceEnd> {
  const { store, clock } = driven;
  const process = thisProcess();
  const now = clock.now();
  const runId = createRunId(now, randomBytes);
  const occurrence = { schedule: schedule.name, key: `${occurrenceKey(now)}/${runId}`, runId };
  store.schedules.take({ ...occurrence, state: 'running', process, decidedAt: new Date(now).toISOString() });
  const ended = await runOccurrence(occurrence, schedule, driven);
  await beforeSettled(ended);
  const end = ended.kind === 'interrupted' ? ({ ...ended, kind: 'ended' } as const) : ended;
  const settlement = settlementOf(end, clock.now());
  if (settlement !== undefined) store.schedules.settle(occurrence, process, settlement);
  return ended;
}
