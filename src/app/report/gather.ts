import type { FinishedRun, HostRecord } from '../../model/finished-run.ts';
import type { WouldHave } from '../../model/report.ts';
import type { Outcome } from '../../model/result.ts';
import { lookingRun, looksAt, type Look, type LookingRun } from './look.ts';
import { MachineNames } from './machine-names.ts';

/** What many runs tell of one machine. */
export interface MachineStory {
  /** As `machineOf` says. Absent: it was never diagnosed. */
  readonly machine?: string;
  /** The last one is its name today. */
  readonly names: readonly string[];
  /** Of whatever runbook, in the order of their times. */
  readonly changes: readonly Change[];
  readonly runbooks: ReadonlyMap<string, RunbookStory>;
}

/** What the runs of one runbook tell of it. */
export interface RunbookStory {
  /** In the order of their times. */
  readonly looks: readonly Look[];
  /** Of schedules in mode `shadow`, likewise. */
  readonly wouldHave: readonly WouldHave[];
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
}

/** Something was changed on a machine, from then to then; milliseconds since 1970. */
export interface Change {
  readonly runId: string;
  readonly by: 'run' | 'exec';
  readonly from: number;
  readonly to: number;
  /** The runbook by which it was repaired then. Absent: it was not. */
  readonly repairedBy?: string;
}

export interface Gathered {
  readonly machines: readonly MachineStory[];
  readonly counts: Readonly<Record<LookingRun['kind'], number>>;
  readonly runIds: ReadonlySet<string>;
}

/** Pure: the same runs by machine. They are read once, and must come in the order of their starts. */
export function gather(runs: Iterable<FinishedRun>): Gathered {
  const names = new MachineNames();
  const entries = new Map<string, Entry>();
  const counts = { run: 0, plan: 0, shadow: 0 };
  const runIds = new Set<string>();
  for (const run of runs) {
    const looking = lookingRun(run);
    counts[looking.kind] += 1;
    runIds.add(run.runId);
    names.add(run);
    for (const record of run.hosts) {
      const machine = names.machineIn(record);
      const id = JSON.stringify([record.host, machine]);
      const entry = entries.get(id) ?? { host: record.host, machine, stories: new Map(), changes: [] };
      entries.set(id, entry);
      addRecord(entry, record, run, looking);
    }
  }
  const machines = Map.groupBy(entries.values(), ({ host, machine }) => names.keyOf(host, machine));
  return { machines: [...machines.values()].map(together), counts, runIds };
}

/** What was told under one name of one machine. */
interface Entry {
  readonly host: string;
  readonly machine: string | undefined;
  readonly stories: Map<string, { looks: Look[]; wouldHave: WouldHave[]; outcomes: Partial<Record<Outcome, number>> }>;
  readonly changes: Change[];
}

function addRecord(entry: Entry, record: HostRecord, { runId, started }: FinishedRun, looking: LookingRun): void {
  const { survey, planned, done, outcome } = record;
  const story = entry.stories.get(started.runbook) ?? { looks: [], wouldHave: [], outcomes: {} };
  entry.stories.set(started.runbook, story);
  story.looks.push(...looksAt(record, looking));
  story.outcomes[outcome] = (story.outcomes[outcome] ?? 0) + 1;
  if (looking.kind === 'shadow' && survey !== undefined && outcome === 'needs-fix') {
    story.wouldHave.push({ at: survey.at, runId, steps: planned.map(({ name }) => name) });
  }
  const times = done.map(({ at }) => Date.parse(at));
  const isRepaired = outcome === 'repaired';
  if (times.length === 0 && !isRepaired) return;
  const to = Date.parse(record.endedAt);
  const from = Math.min(to, ...times, ...(isRepaired && survey !== undefined ? [Date.parse(survey.at)] : []));
  const repairedBy = isRepaired ? { repairedBy: started.runbook } : {};
  entry.changes.push({ runId, by: 'run', from, to: Math.max(to, ...times), ...repairedBy });
}

function together(entries: readonly Entry[]): MachineStory {
  const runbooks = new Set(entries.flatMap(({ stories }) => [...stories.keys()]));
  const lastLook = ({ stories }: Entry): number =>
    Math.max(...[...stories.values()].map(({ looks }) => looks.at(-1)?.at ?? 0));
  const machine = entries.find((entry) => entry.machine !== undefined)?.machine;
  return {
    ...(machine !== undefined && { machine }),
    names: [...new Set(entries.toSorted((a, b) => lastLook(a) - lastLook(b)).map(({ host }) => host))],
    changes: entries.flatMap(({ changes }) => changes).toSorted((a, b) => a.from - b.from),
    runbooks: new Map([...runbooks].map((name) => [name, storyOf(entries, name)])),
  };
}

function storyOf(entries: readonly Entry[], runbook: string): RunbookStory {
  const parts = entries.flatMap(({ stories }) => stories.get(runbook) ?? []);
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const [outcome, count] of parts.flatMap((part) => Object.entries(part.outcomes) as [Outcome, number][])) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
  }
  return {
    looks: parts.flatMap(({ looks }) => looks).toSorted((a, b) => a.at - b.at),
    wouldHave: parts.flatMap((part) => part.wouldHave).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    outcomes,
  };
}
