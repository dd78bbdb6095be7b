import { isSameProcess, stateOf, thisProcess } from '../app/process-id.ts';
import { stateDirectory, type Site } from '../app/surroundings.ts';
import { openTransports } from '../app/transports.ts';
import type { Clock } from '../model/clock.ts';
import { StoreFault } from '../model/store-fault.ts';
import type { SharedStore } from '../model/shared-store.ts';
import { openSqliteStore } from '../stores/sqlite.ts';
import type { KeptConnections } from '../transports/kept/connections.ts';
import type { Task, TaskSignals } from './ongoing-runs.ts';
import { resumeOccurrence, runOccurrence, type OccurrenceEnd } from './run-occurrence.ts';
import type { Say } from './serve-event.ts';
import { whileWatched } from './while-watched.ts';

export interface CarryOutParts {
  readonly site: Site;
  readonly kept: KeptConnections;
  readonly clock: Clock;
  readonly say: Say;
}

/** Runs what has a row, or goes on with it, with a store of its own: one that fails fails for good. */
export async function carryOut(
  { occurrence, schedule, how }: Task,
  signals: TaskSignals,
  { site, kept, clock, say }: CarryOutParts,
): Promise<OccurrenceEnd> {
  const store = openSqliteStore(stateDirectory(site));
  if (!store.ok) return { kind: 'left', error: store.error };
  const driven: Parameters<typeof runOccurrence>[2] = {
    ...signals,
    site,
    store: store.value,
    clock,
    openTransports: (hosts) => openTransports(hosts, kept),
    reporters: [],
  };
  try {
    const { runId, ...of } = occurrence;
    if (how === 'start') {
      const message = schedule?.mode === 'shadow' ? 'begins, and changes nothing' : 'begins';
      say({ level: 'info', type: 'started', message, occurrence: of, runId });
    }
    const resumed = (): Promise<OccurrenceEnd> => resumeOccurrence(occurrence, lookPast, driven);
    if (schedule === undefined) return await resumed();
    const warn = (message: string): void => {
      say({ level: 'warning', type: 'notification', message, occurrence: of });
    };
    const begin = (): Promise<OccurrenceEnd> => runOccurrence(occurrence, schedule, driven);
    return await whileWatched(schedule, { clock, warn }, how === 'start' ? begin : resumed);
  } finally {
    await close(store.value);
  }
}

/** What we ourselves began and have in hand no more is as if we had died. */
function lookPast(asked: Parameters<typeof stateOf>[0]): ReturnType<typeof stateOf> {
  return isSameProcess(asked, thisProcess()) ? 'gone' : stateOf(asked);
}

/** Its run has come to its end, as far as the store let it. */
async function close(store: SharedStore): Promise<void> {
  try {
    await store.close();
  } catch (cause) {
    if (!(cause instanceof StoreFault)) throw cause;
  }
}
