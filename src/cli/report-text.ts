import type { EpisodeEnd, Report, ReportedFinding } from '../model/report.ts';
import { count } from '../util/count.ts';
import { formatDuration } from '../util/duration.ts';
import { printableLine } from '../util/printable.ts';
import { unreachable } from '../util/unreachable.ts';
import { renderEpisodes } from './episode-text.ts';
import { median, nearDuration } from './near-duration.ts';
import type { ReportOptions } from './options.ts';
import { renderTable } from './table.ts';
import type { TerminalStream } from './terminal.ts';

const MOST_ROWS = 30;

/** What needs a look, in a table that is read from its top; of one host each episode by itself. */
export function renderReport(report: Report, { since, runbook, host }: ReportOptions, out: TerminalStream): string {
  const { findings } = report;
  const head = `${headline(report, since, host)}\n`;
  if (findings.length === 0) return head;
  const isAll = runbook === undefined && host === undefined;
  const shown = isAll ? findings.slice(0, MOST_ROWS) : findings;
  const left = findings.length - shown.length;
  const now = Date.parse(report.until);
  const titles = ['HOST', 'PROBLEM', 'NOW', 'HOW OFTEN', 'GONE AFTER', 'AGAIN AFTER', 'BY'];
  const parts = [
    head,
    renderTable(
      titles,
      shown.map((finding) => row(finding, now, since)),
      out,
    ),
    ...(left > 0 ? [`and ${left} more: --runbook NAME, --host NAME, or --json\n`] : []),
    ...shadowLines(findings),
    ...(host === undefined ? [] : findings.map((finding) => renderEpisodes(finding, out).trimStart())),
  ];
  return parts.join('\n');
}

function headline(report: Report, since: number, host: string | undefined): string {
  const { runs, plans, shadows, findings, hosts } = report;
  const time = formatDuration(since);
  if (hosts.length === 0) {
    return host === undefined
      ? `There was no run or plan in ${time}.`
      : `No run or plan of ${time} had ${printableLine(host)}.`;
  }
  const kinds = [[runs, 'run'] as const, [plans, 'plan'] as const, [shadows, 'shadow plan'] as const];
  const made = kinds.flatMap(([number, noun]) => (number === 0 ? [] : [count(number, noun)])).join(', ');
  const names = new Set(hosts.map((each) => each.host));
  const looked =
    host === undefined ? `${made} in ${time}, ${count(names.size, 'host')}` : `${[...names].join(', ')} in ${time}`;
  if (findings.length === 0) return `${looked}: no problem was found.`;
  const states = (['there', 'unknown', 'gone'] as const).flatMap((state) => {
    const number = findings.filter(({ now }) => now === state).length;
    return number === 0 ? [] : [`${number} ${STATES[state]}`];
  });
  return `${looked}: ${count(findings.length, 'problem')}, ${states.join(', ')}.`;
}

const STATES = { there: 'there now', unknown: 'of which nothing is known now', gone: 'gone' } as const;

function row(finding: ReportedFinding, now: number, since: number): readonly string[] {
  const { host, runbook, episodes } = finding;
  const ends = episodes.flatMap(({ end }) => (end === undefined ? [] : [end]));
  const middle = median(ends, ({ atMostMs }) => atMostMs);
  const again = median(
    episodes.flatMap(({ sincePreviousMs }) => sincePreviousMs ?? []),
    (time) => time,
  );
  return [
    host,
    `${runbook}: ${finding.finding}`,
    stateText(finding, now),
    oftenText(finding, since),
    middle === undefined ? '' : lengthText(middle),
    again === undefined ? '' : nearDuration(again),
    byText(finding),
  ].map(printableLine);
}

const lengthText = ({ atLeastMs, atMostMs }: EpisodeEnd): string =>
  `${atLeastMs === atMostMs ? '' : 'within '}${nearDuration(atMostMs)}`;

function stateText({ now: state, episodes }: ReportedFinding, now: number): string {
  const last = episodes.at(-1);
  const ago = (time: string | undefined): string => nearDuration(now - Date.parse(time ?? ''));
  switch (state) {
    case 'there':
      return `there, ${ago(last?.firstSeen)}`;
    case 'unknown':
      return `not known, seen ${ago(last?.lastSeen)} ago`;
    case 'gone':
      return `gone, ${ago(last?.end?.at)} ago`;
    default:
      return unreachable(state);
  }
}

/** `4th time in 7 days`. */
function oftenText({ timesIn7Days, episodes }: ReportedFinding, since: number): string {
  if (episodes.length === 1) return 'once';
  if (timesIn7Days > 1) return `${ordinal(timesIn7Days)} time in 7 days`;
  return `${ordinal(episodes.length)} time in ${formatDuration(since)}`;
}

/** `1st`, `12th`, `23rd`. */
function ordinal(number: number): string {
  const isTeen = Math.floor(number / 10) % 10 === 1;
  return `${number}${(isTeen ? undefined : ['th', 'st', 'nd', 'rd'][number % 10]) ?? 'th'}`;
}

function byText({ episodes }: ReportedFinding): string {
  const words = episodes.flatMap(({ end }) => (end === undefined ? [] : [ENDED_BY[end.by]]));
  const numbers = Map.groupBy(words, (word) => word);
  return [...numbers].map(([word, same]) => `${same.length} ${word}`).join(', ');
}

/** In a table, after a number. */
const ENDED_BY = {
  repaired: 'repaired',
  'after-run': 'after a run',
  'by-hand': 'by an exec',
  alone: 'alone',
  'not-applicable': 'not applicable',
  'runbook-changed': 'runbook changed',
} as const;

/** For each runbook that was tried as a shadow: what it would have been good for. */
function shadowLines(findings: readonly ReportedFinding[]): readonly string[] {
  const byRunbook = Map.groupBy(findings, ({ runbook }) => runbook);
  return [...byRunbook].flatMap(([runbook, own]) => {
    const would = own.flatMap(({ episodes }) => episodes).filter(({ wouldHave }) => wouldHave !== undefined);
    if (would.length === 0) return [];
    const alone = would.flatMap(({ wouldHave, end }) =>
      end?.by === 'alone' && wouldHave !== undefined ? [Date.parse(end.at) - Date.parse(wouldHave.at)] : [],
    );
    const healed =
      alone.length === 0
        ? 'none of them went alone'
        : `${alone.length} of them went alone, within ${nearDuration(Math.max(...alone))}`;
    return [`${printableLine(runbook)} as a shadow would have repaired ${count(would.length, 'time')}; ${healed}.\n`];
  });
}
