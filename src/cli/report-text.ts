import type { Report, ReportedFinding } from '../model/report.ts';
import { count } from '../util/count.ts';
import { formatDuration } from '../util/duration.ts';
import { printableLine } from '../util/printable.ts';
import { renderEpisodes } from './episode-text.ts';
import { nearDuration } from './near-duration.ts';
import type { ReportOptions } from './options.ts';
import { renderFindings } from './report-table.ts';
import { paragraph } from './text.ts';
import type { TerminalStream } from './terminal.ts';

const MOST_ROWS = 30;

/** What needs a look, in a table that is read from its top; of one host each episode by itself. */
export function renderReport(report: Report, { since, runbook, host }: ReportOptions, out: TerminalStream): string {
  const { findings } = report;
  const head = `${headline(report, since, host)}\n`;
  if (findings.length === 0) return [head, ...(host === undefined ? [] : outcomeLines(report, out))].join('\n');
  const isAll = runbook === undefined && host === undefined;
  const shown = isAll ? findings.slice(0, MOST_ROWS) : findings;
  const left = findings.length - shown.length;
  const parts = [
    head,
    renderFindings(shown, { now: Date.parse(report.until), sinceMs: since }, out),
    ...(left > 0 ? [`and ${left} more: --runbook NAME, --host NAME, or --json\n`] : []),
    ...shadowLines(findings, out),
    ...(host === undefined ? [] : outcomeLines(report, out)),
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
      : `No run or plan in ${time} had ${printableLine(host)}.`;
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

/** For each runbook that was tried as a shadow: what it would have been good for. */
function shadowLines(findings: readonly ReportedFinding[], out: TerminalStream): readonly string[] {
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
    const line = `${runbook} as a shadow would have repaired ${count(would.length, 'time')}; ${healed}.`;
    return [`${paragraph(line, '', out)}\n`];
  });
}

/** How often each runbook ended how there. */
function outcomeLines({ hosts, until }: Report, out: TerminalStream): readonly string[] {
  return hosts.map(({ runbook, outcomes, lastDiagnosedAt }) => {
    const counts = Object.entries(outcomes).map(([outcome, number]) => `${number} ${outcome}`);
    const last =
      lastDiagnosedAt === undefined
        ? 'never diagnosed'
        : `last diagnosed ${nearDuration(Date.parse(until) - Date.parse(lastDiagnosedAt))} ago`;
    return `${paragraph(`${runbook}: ${counts.join(', ')}; ${last}`, '', out)}\n`;
  });
}
