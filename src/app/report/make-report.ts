import type { Report, ReportedFinding, ReportedHost } from '../../model/report.ts';
import type { SharedStore } from '../../model/shared-store.ts';
import { changesBeside } from './changes-beside.ts';
import { episodesOf } from './episodes.ts';
import { gather, type Change, type Gathered, type MachineStory } from './gather.ts';
import { sightingsOf, type Sighting } from './sighting.ts';
import { staleMs } from './stale.ts';
import { byWorst, compare, timesIn7Days } from './worst.ts';

export interface ReportQuery {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly runbook?: string;
  /** One of the names that a machine had. */
  readonly host?: string;
}

/** Made of the record alone. Throws when the store cannot be read. `now` in milliseconds since 1970. */
export function makeReport(
  store: Pick<SharedStore, 'finishedRuns' | 'attempts' | 'runs' | 'events'>,
  query: ReportQuery,
  now: number,
): Report {
  const since = new Date(query.since).toISOString();
  const { runbook } = query;
  // A machine that was called otherwise then, and its clones, are found only among all hosts.
  const gathered = gather(store.finishedRuns({ since, ...(runbook !== undefined && { runbook }) }));
  return reportOf(gathered, changesBeside(store, gathered, since), query, now);
}

/** Pure: `beside`: what else was changed on a machine. */
export function reportOf(
  { machines, counts }: Gathered,
  beside: (machine: MachineStory) => readonly Change[],
  { since, host }: ReportQuery,
  now: number,
): Report {
  const asked = machines.filter(({ names }) => host === undefined || names.includes(host));
  return {
    since: new Date(since).toISOString(),
    until: new Date(now).toISOString(),
    runs: counts.run,
    plans: counts.plan,
    shadows: counts.shadow,
    findings: asked.flatMap((machine) => findingsOf(machine, beside(machine), now)).toSorted(byWorst(now)),
    hosts: asked.flatMap(hostsOf).toSorted((a, b) => compare(a.runbook, b.runbook) || compare(a.host, b.host)),
  };
}

function findingsOf(machine: MachineStory, beside: readonly Change[], now: number): readonly ReportedFinding[] {
  const changes = [...machine.changes, ...beside].toSorted((a, b) => a.from - b.from);
  return [...machine.runbooks].flatMap(([runbook, { looks, wouldHave }]) => {
    const found = looks.flatMap((look) => look.found).filter(({ state }) => state === 'present');
    const last = new Map(found.map((finding) => [finding.name, finding]));
    return [...last.values()]
      .filter(({ severity }) => severity !== 'info')
      .map(({ name, severity, summary }): ReportedFinding => {
        const sightings = sightingsOf(name, looks);
        const episodes = episodesOf(sightings, { runbook, changes, wouldHave });
        return {
          runbook,
          finding: name,
          severity,
          summary,
          ...namesOf(machine),
          now: stateNow(sightings.at(-1), now - staleMs(looks)),
          timesIn7Days: timesIn7Days(episodes),
          episodes,
        };
      });
  });
}

/** `staleAt`: what was last looked at before then is not known any more. */
function stateNow(last: Sighting | undefined, staleAt: number): ReportedFinding['now'] {
  if (last === undefined || last.gone !== undefined) return 'gone';
  return last.inVain === undefined && last.last.at >= staleAt ? 'there' : 'unknown';
}

function hostsOf(machine: MachineStory): readonly ReportedHost[] {
  return [...machine.runbooks].map(([runbook, { looks, outcomes }]) => {
    const last = looks.findLast(({ rest, found }) => rest !== 'unclear' || found.length > 0);
    return {
      runbook,
      ...namesOf(machine),
      outcomes,
      ...(last !== undefined && { lastDiagnosedAt: new Date(last.at).toISOString() }),
    };
  });
}

function namesOf({ names }: MachineStory): Pick<ReportedHost, 'host' | 'formerly'> {
  const formerly = names.slice(0, -1);
  return { host: names.at(-1) ?? '', ...(formerly.length > 0 && { formerly }) };
}
