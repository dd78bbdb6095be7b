import assert from 'node:assert/strict';
import type { FinishedRun, HostRecord } from '../../../src/model/finished-run.ts';
import type { Episode, ReportedFinding } from '../../../src/model/report.ts';
import { Random } from '../../support/random.ts';
import { at, finishedRun, host, MINUTE, present, reportOn, unreachable } from './sample-runs.ts';

const ROUNDS = 300;

/** `P` it was found, `.` it was not, `?` it could not be told. */
type Sign = 'P' | '.' | '?';
type Seen = Map<string, [minute: number, sign: Sign][]>;

describe('a report of runs of chance', () => {
  it('has the episodes that a pattern finds in what each machine was seen to be, whatever its name', () => {
    for (let seed = 1; seed <= ROUNDS; seed += 1) {
      const { runs, seen } = chance(seed);
      const findings = new Map(
        reportOn(runs, { minute: 100_000 }).findings.map((each) => [each.host.split('-')[0] ?? '', each]),
      );
      for (const [machine, signs] of seen) {
        const told = (findings.get(machine)?.episodes ?? []).map(({ firstSeen, lastSeen, end }) => [
          firstSeen,
          lastSeen,
          end?.at,
        ]);
        assert.deepEqual(told, expected(signs), `seed ${seed}, ${machine}`);
      }
    }
  });

  it('is the same in whatever order runs that overlap have begun', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { runs } = chance(seed);
      const [one, other] = [runs, runs.toReversed()].map((each) => reportOn(each, { minute: 100_000 }));
      const times = (findings: readonly ReportedFinding[] = []): readonly string[] =>
        findings
          .flatMap(({ host: name, episodes }) =>
            episodes.map((each) => `${name.split('-')[0]} ${each.firstSeen} ${each.end?.at}`),
          )
          .toSorted();
      assert.deepEqual(times(other?.findings), times(one?.findings), `seed ${seed}`);
    }
  });

  it('never has an episode that ends before it begins, whatever the clock does', () => {
    for (let seed = 1; seed <= ROUNDS; seed += 1) {
      const random = new Random(seed);
      const { runs } = chance(seed);
      const jumped = runs.map((run) => {
        const minutes = random.chance(20) ? random.between(-525_600, 525_600) : 0;
        return { ...run, hosts: run.hosts.map((each) => moved(each, minutes, random)) };
      });
      for (const { episodes, timesIn7Days } of reportOn(jumped).findings) {
        assert.ok(timesIn7Days >= 1 && timesIn7Days <= episodes.length);
        for (const [index, episode] of episodes.entries()) checkOrder(episode, episodes[index - 1]);
      }
    }
  });
});

function checkOrder(
  { clearAt, firstSeen, lastSeen, end, sincePreviousMs }: Episode,
  before: Episode | undefined,
): void {
  assert.ok((clearAt ?? firstSeen) <= firstSeen && firstSeen <= lastSeen && lastSeen <= (end?.at ?? lastSeen));
  assert.ok(end === undefined || (end.atLeastMs >= 0 && end.atLeastMs <= end.atMostMs));
  assert.equal(before === undefined, sincePreviousMs === undefined);
  assert.ok(before === undefined || (before.end?.at ?? '~') <= firstSeen);
  assert.ok((sincePreviousMs ?? 0) >= 0);
}

/** From first found to last found, and when it was not any more, in the order of the times. */
function expected(
  signs: readonly [minute: number, sign: Sign][],
): readonly (readonly [string, string, string | undefined])[] {
  const sorted = signs.toSorted(([a], [b]) => a - b);
  const time = (index: number): string => at(sorted[index]?.[0] ?? Number.NaN);
  const text = sorted.map(([, sign]) => sign).join('');
  return [...text.matchAll(/P(?:[P?]*P)?/g)].map(({ 0: found, index }) => {
    const last = index + found.length - 1;
    const gone = text.indexOf('.', last);
    return [time(index), time(last), gone === -1 ? undefined : time(gone)];
  });
}

/** Machines that break and heal, are renamed, vanish or cannot be reached for days; runs that overlap, and repair or are cut off. */
function chance(seed: number): { readonly runs: readonly FinishedRun[]; readonly seen: Seen } {
  const random = new Random(seed);
  const machines = Array.from({ length: random.between(1, 4) }, (_, index) => `m${index}`);
  const names = new Map(machines.map((machine) => [machine, machine]));
  const sick = new Set<string>();
  const away = new Map<string, number>();
  const seen: Seen = new Map(machines.map((machine) => [machine, []]));
  // No two looks at the same time, as then nobody could tell which was first.
  let minute = 0;
  const runs = Array.from({ length: random.between(1, 40) }, (_, index) => {
    minute += random.pick([1, 5, 1440]);
    const begun = minute - random.below(5);
    const hosts = machines.flatMap((machine) => {
      minute += 1;
      if (random.chance(30)) if (!sick.delete(machine)) sick.add(machine);
      if (random.chance(5)) names.set(machine, `${machine}-${index}`);
      if (random.chance(5)) away.set(machine, index + random.between(1, 8));
      if (random.chance(5)) return [];
      const isAway = (away.get(machine) ?? 0) > index;
      return [isAway ? unreachable(names.get(machine) ?? '', minute) : look(machine)];
    });
    const kind = random.pick(['run', 'plan', 'shadow'] as const);
    return finishedRun(`r${String(index).padStart(3, '0')}`, begun, hosts, { kind });
  });
  return { runs: runs.toSorted((a, b) => Date.parse(a.started.at) - Date.parse(b.started.at)), seen };

  function look(machine: string): HostRecord {
    const signs = seen.get(machine);
    const isSick = sick.has(machine);
    const name = names.get(machine) ?? '';
    const found = isSick ? [present()] : [];
    const sign = random.chance(10) ? '?' : isSick ? 'P' : '.';
    signs?.push([minute, sign]);
    const now = { endedAt: at(minute), machine };
    if (sign === '?') {
      const unclear = [{ ...present(), state: 'undetermined' } as const];
      return host(name, random.chance(50) ? unclear : [], { ...now, outcome: 'unknown' });
    }
    if (!isSick || random.chance(60)) return host(name, found, now);
    minute += 2;
    const isProven = random.chance(70);
    signs?.push([minute, isProven ? '.' : 'P']);
    if (isProven) sick.delete(machine);
    return host(name, found, {
      machine,
      survey: { at: at(minute - 2), seq: 2, findings: found },
      done: [{ step: 'start', name: 'Start it', phase: 'fix', at: at(minute - 1) }],
      last: { at: at(minute), seq: 9, findings: isProven ? [] : found },
      endedAt: at(minute),
      ...(isProven ? { outcome: 'repaired' } : { interrupted: true }),
    });
  }
}

/** Also by a step in the middle of its run. */
function moved(record: HostRecord, minutes: number, random: Random): HostRecord {
  const later = (time: string, more: number): string =>
    new Date(Date.parse(time) + (minutes + more) * MINUTE).toISOString();
  const step = random.chance(10) ? random.between(-600, 600) : 0;
  return {
    ...record,
    endedAt: later(record.endedAt, step),
    done: record.done.map((deed) => ({ ...deed, at: later(deed.at, step) })),
    ...(record.survey !== undefined && { survey: { ...record.survey, at: later(record.survey.at, 0) } }),
    ...(record.last !== undefined && { last: { ...record.last, at: later(record.last.at, step) } }),
  };
}
