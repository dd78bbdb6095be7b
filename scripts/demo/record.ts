import { join } from 'node:path';
import type { RunEvent } from '../../src/model/event.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import type { Repair, Verdict } from './demo-host.ts';

/** What the store in this state directory says of the newest run. */
export async function readRecord(stateDirectory: string): Promise<Omit<Repair, 'exitCode'>> {
  const store = openSqliteStore(join(stateDirectory, 'runbook'));
  if (!store.ok) throw new Error(store.error.message);
  try {
    const [newest] = store.value.runs({ limit: 1 });
    const events = newest === undefined ? [] : [...store.value.events(newest.runId)];
    return { outcome: outcomeIn(events), verdicts: verdictsIn(events) };
  } finally {
    await store.value.close();
  }
}

function outcomeIn(events: readonly RunEvent[]): string {
  const end = events.find((event) => event.type === 'run-finished');
  return end === undefined
    ? ''
    : Object.values(end.hosts)
        .map(({ outcome }) => outcome)
        .join(', ');
}

interface JudgedSet {
  readonly id: number;
  readonly reason: string;
}

/** From the first diagnosis. */
function verdictsIn(events: readonly RunEvent[]): readonly Verdict[] {
  const diagnosis = events.find((event) => event.type === 'step-ended' && event.action === 'semaphores');
  if (diagnosis?.type !== 'step-ended' || diagnosis.output === undefined) return [];
  const { sets, orphans } = diagnosis.output as unknown as {
    readonly sets: readonly JudgedSet[];
    readonly orphans: readonly JudgedSet[];
  };
  const leaked = new Set(orphans.map(({ id }) => id));
  return sets.map(({ id, reason }) => ({ id, reason, isLeaked: leaked.has(id) }));
}
