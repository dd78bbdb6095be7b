import type { RunFinished } from '../model/event.ts';
import type { FindingReport } from '../model/result.ts';
import { formatDuration } from '../util/duration.ts';
import { printable, printableLine } from '../util/printable.ts';
import type { Style } from '../util/style.ts';
import type { Change, HostStory } from './host-story.ts';
import { TONE_OF_OUTCOME } from './live-rows.ts';

export interface RunTextOptions {
  readonly style: Style;
  /** Leave out hosts that were fine before us. */
  readonly quiet: boolean;
}

const QUIET_OUTCOMES = new Set(['healthy', 'not-applicable']);
const LABEL_WIDTH = 10;

/** What a run found, did and proved, host by host: the result for a person. Empty when quiet and all was fine. */
export function renderRun(
  stories: readonly HostStory[],
  end: RunFinished,
  runId: string,
  options: RunTextOptions,
): string {
  const told = stories.filter((story) => !(options.quiet && QUIET_OUTCOMES.has(story.finished?.outcome ?? '')));
  if (options.quiet && told.length === 0) return '';
  const width = Math.max(...told.map((story) => story.host.length), 4);
  const lines = told.flatMap((story) => renderHost(story, width, options.style));
  return [...lines, '', ...renderEnd(end, runId, options.style), ''].join('\n');
}

function renderEnd(end: RunFinished, runId: string, style: Style): readonly string[] {
  const counts = Object.entries(end.counts)
    .filter(([, number]) => number > 0)
    .map(([outcome, number]) => `${number} ${outcome}`);
  return [
    `${style('strong', counts.join(', '))} in ${formatDuration(roundToTenths(end.durationMs))}`,
    style('dim', `every byte of evidence: runbook show ${runId}`),
  ];
}

function renderHost(story: HostStory, width: number, style: Style): readonly string[] {
  const { finished } = story;
  if (finished === undefined) return [];
  const head = `${style('strong', story.host.padEnd(width))}  ${style(TONE_OF_OUTCOME[finished.outcome], finished.outcome)}`;
  const reason = finished.reason === '' ? '' : `  ${printableLine(finished.reason)}`;
  return [
    head + reason,
    ...finished.findings.flatMap((finding) => renderFinding(finding, style)),
    ...story.changes.flatMap((change) => renderChange(change, style)),
    ...story.failures.map((failure) => labelled('failed', `${failure.step}: ${failure.error}`)),
    ...(story.proof?.failures ?? []).map((failure) => labelled('unproven', failure)),
    ...(finished.error?.hint === undefined ? [] : [labelled('do', finished.error.hint)]),
  ];
}

export function renderFinding(finding: FindingReport, style: Style): readonly string[] {
  if (finding.state === 'absent') return [];
  if (finding.state === 'undetermined') return [labelled('unknown', `${finding.name}: ${finding.error ?? ''}`)];
  const label = finding.severity === 'info' ? 'note' : 'found';
  const advice = finding.advice === '' ? [] : [labelled('', `→ ${finding.advice}`, (line) => style('dim', line))];
  return [labelled(label, `${finding.name}: ${finding.summary}`), ...advice];
}

function renderChange({ intent, ended }: Change, style: Style): readonly string[] {
  const label = intent.phase === 'rollback' ? 'undone' : (ended?.status ?? 'running');
  const shown =
    ended === undefined || ended.error === '' ? [] : [labelled('', ended.error, (line) => style('bad', line))];
  const status = intent.phase === 'rollback' && ended?.status === 'failed' ? 'not undone' : label;
  return [labelled(status, `${intent.step}: ${intent.summary}`), ...shown];
}

/** `  found     text`; further lines of the text start under the first. `dye` colours what was made safe before. */
export function labelled(label: string, text: string, dye: (line: string) => string = (line) => line): string {
  const indent = ' '.repeat(LABEL_WIDTH + 2);
  const [first = '', ...rest] = printable(text).split('\n');
  return [`  ${label.padEnd(LABEL_WIDTH)}${dye(first)}`, ...rest.map((line) => indent + dye(line))].join('\n');
}

function roundToTenths(milliseconds: number): number {
  return milliseconds < 1000 ? milliseconds : Math.round(milliseconds / 100) * 100;
}
