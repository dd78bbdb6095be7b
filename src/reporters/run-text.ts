import type { RunFinished } from '../model/event.ts';
import type { FindingReport } from '../model/result.ts';
import { printableLine } from '../util/printable.ts';
import type { Style } from '../util/style.ts';
import type { Change, HostStory } from './host-story.ts';
import { labelled, type Page } from './labelled.ts';
import { TONE_OF_OUTCOME } from './live-rows.ts';

export interface RunTextOptions extends Page {
  /** Leave out hosts that were fine before us. */
  readonly quiet: boolean;
}

const QUIET_OUTCOMES = new Set(['healthy', 'not-applicable']);

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
  const lines = told.flatMap((story) => renderHost(story, width, options));
  return [...lines, '', ...renderEnd(end, runId, options.style), ''].join('\n');
}

function renderEnd(end: RunFinished, runId: string, style: Style): readonly string[] {
  const counts = Object.entries(end.counts)
    .filter(([, number]) => number > 0)
    .map(([outcome, number]) => `${number} ${outcome}`);
  return [
    `${style('strong', counts.join(', '))} in ${seconds(end.durationMs, 1)}`,
    style('dim', `with all evidence: runbook show -v ${runId}`),
  ];
}

function renderHost(story: HostStory, width: number, page: Page): readonly string[] {
  const { finished } = story;
  const { style } = page;
  if (finished === undefined) return [];
  const head = `${style('strong', story.host.padEnd(width))}  ${style(TONE_OF_OUTCOME[finished.outcome], finished.outcome)}`;
  const reason = finished.reason === '' ? '' : `  ${printableLine(finished.reason)}`;
  return [
    head + reason,
    ...story.findings.flatMap((finding) => renderFinding(finding, page)),
    ...story.changes.flatMap((change) => renderChange(change, page)),
    ...story.failures.map((failure) => labelled(page, 'failed', `${failure.step}: ${failure.error}`)),
    ...renderProof(story, page),
    ...(finished.error?.hint === undefined ? [] : [labelled(page, 'do', finished.error.hint)]),
  ];
}

function renderProof({ proof, finished }: HostStory, page: Page): readonly string[] {
  if (proof === undefined) return [];
  const held =
    finished?.outcome === 'repaired' ? [labelled(page, 'proof', `held for ${seconds(proof.heldMs, 0)}`)] : [];
  return [...held, ...proof.failures.map((failure) => labelled(page, 'unproven', failure))];
}

export function renderFinding(finding: FindingReport, page: Page): readonly string[] {
  if (finding.state === 'absent') return [];
  if (finding.state === 'undetermined') return [labelled(page, 'unknown', `${finding.name}: ${finding.error ?? ''}`)];
  const label = finding.severity === 'info' ? 'note' : 'found';
  const advice = finding.advice === '' ? [] : [labelled(page, '', `→ ${finding.advice}`, 'dim')];
  return [labelled(page, label, `${finding.name}: ${finding.summary}`), ...advice];
}

function renderChange({ intent, ended }: Change, page: Page): readonly string[] {
  const label = intent.phase === 'rollback' ? 'undone' : (ended?.status ?? 'running');
  const shown = ended === undefined || ended.error === '' ? [] : [labelled(page, '', ended.error, 'bad')];
  const status = intent.phase === 'rollback' && ended?.status === 'failed' ? 'not undone' : label;
  return [labelled(page, status, `${intent.step}: ${intent.summary}`), ...shown];
}

function seconds(milliseconds: number, digits: number): string {
  return `${(milliseconds / 1000).toFixed(digits)} s`;
}
