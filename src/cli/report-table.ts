import type { EpisodeEnd, ReportedFinding } from '../model/report.ts';
import { formatDuration } from '../util/duration.ts';
import { printableLine, widthOf } from '../util/printable.ts';
import { unreachable } from '../util/unreachable.ts';
import { median, nearDuration } from './near-duration.ts';
import { renderTable } from './table.ts';
import type { TerminalStream } from './terminal.ts';

/** When the report was made, milliseconds since 1970, and how far it goes back. */
export interface ReportedTime {
  readonly now: number;
  readonly sinceMs: number;
}

/** A line for each. Where the terminal is too narrow for all columns, those go first that matter least. */
export function renderFindings(findings: readonly ReportedFinding[], time: ReportedTime, out: TerminalStream): string {
  const all = columnsOf(time);
  const some = all.filter(({ rank }) => rank !== 'least');
  const few = all.filter(({ rank }) => rank === undefined);
  const layouts = [all, some, few, few.map((column) => ({ ...column, cell: column.narrow ?? column.cell }))];
  const fits = (columns: readonly Column[]): boolean =>
    !out.stream.isTTY || widthFor(columns, findings) <= out.columns();
  const chosen = layouts.find(fits) ?? layouts.at(-1) ?? all;
  return renderTable(
    chosen.map(({ title }) => title),
    findings.map((finding) => chosen.map(({ cell }) => cell(finding))),
    out,
  );
}

interface Column {
  readonly title: string;
  readonly cell: (finding: ReportedFinding) => string;
  /** Where all else is not enough. */
  readonly narrow?: (finding: ReportedFinding) => string;
  /** Left out where there is no room, the least one first. */
  readonly rank?: 'lower' | 'least';
}

const columnsOf = ({ now, sinceMs }: ReportedTime): readonly Column[] => [
  { title: 'HOST', cell: ({ host }) => host },
  {
    title: 'PROBLEM',
    cell: ({ runbook, finding }) => `${runbook}: ${finding}`,
    narrow: ({ finding }) => finding,
  },
  { title: 'NOW', cell: (finding) => stateText(finding, now) },
  { title: 'HOW OFTEN', cell: (finding) => oftenText(finding, sinceMs) },
  { title: 'GONE AFTER', cell: goneText, rank: 'lower' },
  { title: 'AGAIN AFTER', cell: againText, rank: 'least' },
  { title: 'BY', cell: byText },
];

/** The last column is cut where it is longer. */
const LEAST_LAST = 12;

function widthFor(columns: readonly Column[], findings: readonly ReportedFinding[]): number {
  const widths = columns
    .slice(0, -1)
    .map(({ title, cell }) => Math.max(title.length, ...findings.map((each) => widthOf(printableLine(cell(each))))));
  return widths.reduce((sum, width) => sum + width + 2, LEAST_LAST);
}

function stateText({ now: state, episodes }: ReportedFinding, now: number): string {
  const last = episodes.at(-1);
  const since = (time: string | undefined): string => nearDuration(now - Date.parse(time ?? ''));
  switch (state) {
    case 'there':
      return `there for ${since(last?.firstSeen)}`;
    case 'unknown':
      return `unknown for ${since(last?.lastSeen)}`;
    case 'gone':
      return `gone ${since(last?.end?.at)} ago`;
    default:
      return unreachable(state);
  }
}

/** `4th in 7 days`. */
function oftenText({ timesIn7Days, episodes }: ReportedFinding, sinceMs: number): string {
  if (episodes.length === 1) return 'once';
  if (timesIn7Days > 1) return `${ordinal(timesIn7Days)} in 7 days`;
  return `${ordinal(episodes.length)} in ${formatDuration(sinceMs)}`;
}

/** `1st`, `12th`, `23rd`. */
function ordinal(number: number): string {
  const isTeen = Math.floor(number / 10) % 10 === 1;
  return `${number}${(isTeen ? undefined : ['th', 'st', 'nd', 'rd'][number % 10]) ?? 'th'}`;
}

function goneText({ episodes }: ReportedFinding): string {
  const ends = episodes.flatMap(({ end }) => (end === undefined ? [] : [end]));
  const middle = median(ends, ({ atMostMs }) => atMostMs);
  return middle === undefined ? '' : lengthText(middle);
}

const lengthText = ({ atLeastMs, atMostMs }: EpisodeEnd): string =>
  `${atLeastMs === atMostMs ? '' : 'within '}${nearDuration(atMostMs)}`;

function againText({ episodes }: ReportedFinding): string {
  const lengths = episodes.flatMap(({ sincePreviousMs }) => sincePreviousMs ?? []);
  const middle = median(lengths, (length) => length);
  return middle === undefined ? '' : nearDuration(middle);
}

function byText({ episodes }: ReportedFinding): string {
  const words = episodes.flatMap(({ end }) => (end === undefined ? [] : [ENDED_BY[end.by]]));
  const same = Map.groupBy(words, (word) => word);
  return [...same].map(([word, each]) => `${each.length} ${word}`).join(', ');
}

/** After a number. */
const ENDED_BY = {
  repaired: 'repaired',
  'after-run': 'after a run',
  'by-hand': 'by an exec',
  alone: 'alone',
  'not-applicable': 'not applicable',
  'runbook-changed': 'runbook changed',
} as const;
