import type { Episode, ReportedFinding } from '../../model/report.ts';

const WEEK_MS = 7 * 86_400_000;

/** Of episodes in their order: how many began within seven days, up to the last one. */
export function timesIn7Days(episodes: readonly Episode[]): number {
  const starts = episodes.map(({ firstSeen }) => Date.parse(firstSeen));
  const last = starts.at(-1) ?? 0;
  return starts.filter((start) => start > last - WEEK_MS).length;
}

/**
 * What is there now, then what nobody knows of, then the rest; of each what came most often in the last seven days, then what did at any
 * time, then what was seen last. `now` in milliseconds since 1970.
 */
export const byWorst =
  (now: number) =>
  (a: ReportedFinding, b: ReportedFinding): number =>
    NOW.indexOf(a.now) - NOW.indexOf(b.now) ||
    lately(b, now) - lately(a, now) ||
    b.timesIn7Days - a.timesIn7Days ||
    b.episodes.length - a.episodes.length ||
    compare(b.episodes.at(-1)?.lastSeen ?? '', a.episodes.at(-1)?.lastSeen ?? '') ||
    compare(`${a.host} ${a.runbook} ${a.finding}`, `${b.host} ${b.runbook} ${b.finding}`);

const lately = ({ episodes }: ReportedFinding, now: number): number =>
  episodes.filter(({ firstSeen }) => Date.parse(firstSeen) > now - WEEK_MS).length;

const NOW: readonly ReportedFinding['now'][] = ['there', 'unknown', 'gone'];

/** By code units, the same on every machine. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
