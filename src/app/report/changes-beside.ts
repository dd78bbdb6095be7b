import type { RunEvent } from '../../model/event.ts';
import type { Store } from '../../model/store.ts';
import type { Change, Gathered, MachineStory } from './gather.ts';

const MOST_EXECS = 10_000;

/** What was changed on each machine beside the runs that have an end: by execs, and by runs that were cut off or go on still. */
export function changesBeside(
  store: Pick<Store, 'attempts' | 'runs' | 'events'>,
  { machines, runIds }: Gathered,
  since: string,
): (machine: MachineStory) => readonly Change[] {
  const execs = execChanges(store, since);
  const known = machines.flatMap(({ machine }) => (machine === undefined ? [] : [machine]));
  const open = store.attempts({ machines: known, since }).filter(({ runId }) => !runIds.has(runId));
  const ends = new Map([...new Set(open.map(({ runId }) => runId))].map((id) => [id, lastTime(store.events(id))]));
  return ({ machine, names }) => {
    const own = open.filter((attempt) => attempt.machine === machine && names.includes(attempt.host));
    const begun = own.map(({ runId, begunAt }): Change => {
      const from = Date.parse(begunAt);
      return { runId, by: 'run', from, to: Math.max(from, ends.get(runId) ?? from) };
    });
    return [...begun, ...names.flatMap((name) => execs.get(name) ?? [])];
  };
}

/** By name of the host: an exec asks no machine who it is. */
function execChanges(store: Pick<Store, 'runs' | 'events'>, since: string): ReadonlyMap<string, readonly Change[]> {
  const changes = new Map<string, Change[]>();
  const execs = store.runs({ mode: 'exec', limit: MOST_EXECS }).filter(({ startedAt }) => startedAt >= since);
  for (const { runId, startedAt } of execs) {
    for (const event of store.events(runId)) {
      if (event.type !== 'host-finished' || event.changes === 0) continue;
      const change: Change = { runId, by: 'exec', from: Date.parse(startedAt), to: Date.parse(event.at) };
      changes.set(event.host, [...(changes.get(event.host) ?? []), change]);
    }
  }
  return changes;
}

function lastTime(events: Iterable<RunEvent>): number {
  let last = 0;
  for (const { at } of events) last = Math.max(last, Date.parse(at));
  return last;
}
