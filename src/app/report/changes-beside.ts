import type { RunEvent } from '../../model/event.ts';
import type { Store } from '../../model/store.ts';
import type { Change, Gathered, MachineStory } from './gather.ts';

/** What was changed on each machine beside the runs that have an end: by execs, and by runs that were cut off or go on still. */
export function changesBeside(
  store: Pick<Store, 'attempts' | 'runs' | 'events'>,
  { machines, runIds }: Gathered,
  since: string,
): (machine: MachineStory) => readonly Change[] {
  const known = machines.flatMap(({ machine }) => (machine === undefined ? [] : [machine]));
  const attempts = store.attempts({ machines: known, since }).filter(({ runId }) => !runIds.has(runId));
  const ids = new Set(attempts.map(({ runId }) => runId));
  const runs = new Map([...ids].map((runId) => [runId, runOf(runId, store)]));
  const changes = attempts.map(({ runId, machine, host, begunAt, end }) => {
    const { by, lastAt } = runs.get(runId) ?? { by: 'run', lastAt: 0 };
    const from = Date.parse(begunAt);
    const to = Math.max(from, end === undefined ? lastAt : Date.parse(end.at));
    return { machine, host, change: { runId, by, from, to } satisfies Change };
  });
  const byMachine = Map.groupBy(changes, ({ machine }) => machine);
  return ({ machine = '', names }) =>
    (byMachine.get(machine) ?? []).filter(({ host }) => names.includes(host)).map(({ change }) => change);
}

function runOf(
  runId: string,
  store: Pick<Store, 'runs' | 'events'>,
): { readonly by: Change['by']; readonly lastAt: number } {
  const [record] = store.runs({ runId, limit: 1 });
  if (record?.mode === 'exec') return { by: 'exec', lastAt: Date.parse(record.finishedAt ?? record.startedAt) };
  return { by: 'run', lastAt: lastTime(store.events(runId)) };
}

/** What a run that has no end did last is the last that is known to have changed something. */
function lastTime(events: Iterable<RunEvent>): number {
  let last = 0;
  for (const { at } of events) last = Math.max(last, Date.parse(at));
  return last;
}
