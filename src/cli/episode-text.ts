import type { Episode, EpisodeEnd, ReportedFinding } from '../model/report.ts';
import { printableLine } from '../util/printable.ts';
import { unreachable } from '../util/unreachable.ts';
import { localTime } from './local-time.ts';
import { nearDuration } from './near-duration.ts';
import { section, paragraph } from './text.ts';
import type { TerminalStream } from './terminal.ts';

const MOST_EPISODES = 20;

/** Each time by itself, the newest first. */
export function renderEpisodes(finding: ReportedFinding, out: TerminalStream): string {
  const { episodes, formerly, summary } = finding;
  const shown = episodes.slice(-MOST_EPISODES).toReversed();
  const left = episodes.length - shown.length;
  const lines = [
    ...(formerly === undefined ? [] : [`formerly ${formerly.join(', ')}`]),
    ...(summary === '' ? [] : [summary]),
    ...shown.map((episode) => `${localTime(episode.firstSeen)}  ${storyOf(episode)}`),
    ...(left > 0 ? [`and ${left} before: --json has all`] : []),
  ];
  const title = printableLine(`${finding.host}  ${finding.runbook}: ${finding.finding}`);
  return section(
    title,
    lines.map((line) => paragraph(line, '  ', out)),
    out,
  );
}

function storyOf({ lastSeen, end, wouldHave, lookedInVainAt, sincePreviousMs }: Episode): string {
  const again = sincePreviousMs === undefined ? [] : [`${nearDuration(sincePreviousMs)} after the one before`];
  const would = wouldHave === undefined ? [] : [`a shadow would have done: ${wouldHave.steps.join(', ')}`];
  if (end !== undefined) return [endText(end), ...would, ...again].join('; ');
  const since = lookedInVainAt === undefined ? '' : `, and could not be told at ${localTime(lookedInVainAt)}`;
  return [`last seen ${localTime(lastSeen)}${since}`, ...would, ...again].join('; ');
}

function endText({ by, runId, atLeastMs, atMostMs }: EpisodeEnd): string {
  const length = `${atLeastMs === atMostMs ? 'after' : 'within'} ${nearDuration(atMostMs)}`;
  switch (by) {
    case 'repaired':
      return `repaired ${length} by run ${runId}`;
    case 'after-run':
      return `gone ${length}, after run ${runId} had changed something`;
    case 'by-hand':
      return `gone ${length}, after exec ${runId}`;
    case 'alone':
      return `gone ${length}, alone`;
    case 'not-applicable':
      return `the runbook did not apply any more ${length}`;
    case 'runbook-changed':
      return `gone ${length}, by then the runbook was another one`;
    default:
      return unreachable(by);
  }
}
