import type { Episode, EpisodeEnd, WouldHave } from '../../model/report.ts';
import type { Change } from './gather.ts';
import type { Sighting } from './sighting.ts';

/** What may explain that a finding went. */
export interface Circumstances {
  readonly runbook: string;
  /** On that machine, in the order of their beginnings. */
  readonly changes: readonly Change[];
  readonly wouldHave: readonly WouldHave[];
}

/** Pure: sightings as they are reported, in their order. */
export function episodesOf(sightings: readonly Sighting[], circumstances: Circumstances): readonly Episode[] {
  return sightings.map((sighting, index) => {
    const { first, last, clear, inVain, gone } = sighting;
    const previous = sightings[index - 1]?.gone;
    const wouldHave = firstWithin(circumstances.wouldHave, sighting);
    return {
      ...(clear !== undefined && { clearAt: timeOf(clear.at) }),
      firstSeen: timeOf(first.at),
      lastSeen: timeOf(last.at),
      runId: first.run.runId,
      ...(previous !== undefined && { sincePreviousMs: first.at - previous.at }),
      ...(wouldHave !== undefined && { wouldHave }),
      ...(inVain !== undefined && { lookedInVainAt: timeOf(inVain.at) }),
      ...(gone !== undefined && { end: endOf({ ...sighting, gone }, circumstances) }),
    };
  });
}

type Ended = Required<Pick<Sighting, 'first' | 'last' | 'gone'>>;

function endOf({ first, last, gone }: Ended, { runbook, changes }: Circumstances): EpisodeEnd {
  const mostMs = gone.at - first.at;
  const known = { at: timeOf(gone.at), atLeastMs: last.at - first.at, atMostMs: mostMs };
  const within = changes.filter(({ from, to }) => from <= gone.at && to > last.at);
  const repair = within.findLast(({ repairedBy }) => repairedBy === runbook);
  if (repair !== undefined) {
    const isProven = gone.run.runId === repair.runId;
    return { ...known, by: 'repaired', runId: repair.runId, ...(isProven && { atLeastMs: mostMs }) };
  }
  if (gone.rest === 'nothing-applies') return { ...known, by: 'not-applicable' };
  const cause = within.findLast(({ by }) => by === 'run') ?? within.at(-1);
  if (cause !== undefined) return { ...known, by: cause.by === 'run' ? 'after-run' : 'by-hand', runId: cause.runId };
  return { ...known, by: gone.run.runbookSha256 === last.run.runbookSha256 ? 'alone' : 'runbook-changed' };
}

/** While it was there, as far as is known. */
function firstWithin(all: readonly WouldHave[], { first, last }: Sighting): WouldHave | undefined {
  return all.find(({ at }) => Date.parse(at) >= first.at && Date.parse(at) <= last.at);
}

const timeOf = (milliseconds: number): string => new Date(milliseconds).toISOString();
