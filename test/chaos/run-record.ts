import { join } from 'node:path';
import type { RunEvent } from '../../src/model/event.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import type { Workplace } from '../cli/spawn.ts';

/** What the store of a workplace holds of its newest run. */
export interface RunRecord {
  readonly runId: string;
  readonly events: readonly RunEvent[];
  readonly approved: boolean;
  readonly finished: boolean;
  /** By host, as far as they have one. */
  readonly outcomes: ReadonlyMap<string, string>;
}

/** Undefined: no run was begun. Throws where the store cannot be opened. */
export async function newestRun(place: Workplace): Promise<RunRecord | undefined> {
  const store = openSqliteStore(join(place.directory, 'state', 'runbook'));
  if (!store.ok) throw new Error(store.error.message);
  try {
    const [run] = store.value.runs({ limit: 1 });
    if (run === undefined) return undefined;
    const events = [...store.value.events(run.runId)];
    const ends = events.filter((event) => event.type === 'host-finished');
    return {
      runId: run.runId,
      events,
      approved: events.some(({ type }) => type === 'approved'),
      finished: events.at(-1)?.type === 'run-finished',
      outcomes: new Map(ends.map(({ host, outcome }) => [host, outcome])),
    };
  } finally {
    await store.value.close();
  }
}
