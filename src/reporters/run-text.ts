import type { RunFinished } from '../model/event.ts';
import type { Outcome, StepStatus } from '../model/result.ts';
import { printableLine } from '../util/printable.ts';
import { renderCommand } from './command-text.ts';
import { renderDifference } from './diff-text.ts';
import { renderFinding } from './finding-text.ts';
import { foldHosts, titleOf, titleWidth, type Fold } from './fold-hosts.ts';
import type { Change, HostStories, HostStory } from './host-story.ts';
import { labelled, type Page } from './labelled.ts';
import { onText } from './place-text.ts';
import { planCommand } from './plan-command.ts';
import { TONE_OF_OUTCOME } from './live-rows.ts';

export interface RunTextOptions extends Page {
  /** Leave out hosts that were fine before us. */
  readonly quiet: boolean;
}

const QUIET_OUTCOMES = new Set(['healthy', 'not-applicable']);

/** What a run found, did and proved, alike hosts together: the result for a person. Empty when quiet and all was fine. */
export function renderRun(stories: HostStories, end: RunFinished, runId: string, options: RunTextOptions): string {
  const lines = hostLines(stories, options);
  if (options.quiet && lines.length === 0) return '';
  return [...lines, '', ...renderEnd(stories, end, runId, options), ''].join('\n');
}

/** The same without how the run ended as a whole and what to type next: for a run that is part of something else. */
export function renderHosts(stories: HostStories, page: Page): string {
  return hostLines(stories, { ...page, quiet: false }).join('\n');
}

function hostLines(stories: HostStories, options: RunTextOptions): readonly string[] {
  const told = [...stories.byHost.values()].filter(
    ({ finished }) => finished !== undefined && !(options.quiet && QUIET_OUTCOMES.has(finished.outcome)),
  );
  return renderStories(told, options);
}

/** Of each host how it ended, what was found, done and proved; alike ones together. */
export function renderStories(told: readonly HostStory[], options: Page): readonly string[] {
  const folds = foldHosts(told, (story) => [headOf(story), ...bodyOf(story, options)].join('\n'));
  const width = titleWidth(folds.map(({ hosts }) => titleOf(hosts, options)));
  return folds.flatMap((fold) => renderFold(fold, width, options));
}

function renderFold({ hosts, first }: Fold<HostStory>, width: number, page: Page): readonly string[] {
  const title = page.style('strong', titleOf(hosts, page).padEnd(width));
  const outcome = first.finished?.outcome ?? 'unknown';
  const tone = TONE_OF_OUTCOME[outcome];
  return [`${title}  ${page.style(tone, outcome)}${headOf(first).slice(outcome.length)}`, ...bodyOf(first, page)];
}

function headOf({ finished }: HostStory): string {
  if (finished === undefined) return '';
  const { outcome, reason } = finished;
  return reason === '' ? outcome : `${outcome}  ${printableLine(reason)}`;
}

function bodyOf(story: HostStory, page: Page): readonly string[] {
  const hint = story.finished?.error?.hint;
  return [
    ...story.findings.flatMap((finding) => renderFinding(finding, page)),
    ...story.notes.map((note) => labelled(page, 'note', note)),
    ...story.changes.flatMap((change) => renderChange(change, page)),
    ...story.failures.map((failure) => labelled(page, 'failed', `${failure.step}${onText(failure)}: ${failure.error}`)),
    ...renderProof(story, page),
    ...(hint === undefined ? [] : [labelled(page, 'do', hint)]),
  ];
}

function renderProof({ proof, finished }: HostStory, page: Page): readonly string[] {
  if (proof === undefined) return [];
  const held = finished?.outcome === 'repaired' ? [labelled(page, 'proof', heldFor(proof.heldMs))] : [];
  return [...held, ...proof.failures.map((failure) => labelled(page, 'unproven', failure))];
}

function heldFor(milliseconds: number): string {
  return milliseconds === 0 ? 'passed' : `held for ${seconds(milliseconds, 0)}`;
}

function renderChange({ intent, ended }: Change, page: Page): readonly string[] {
  const { summary, differences = [] } = intent;
  const status = ended?.status ?? 'running';
  const brief = { ...page, verbose: false };
  const above = differences.length === 1 ? summary : '';
  return [
    ...renderCommand(
      brief,
      intent.phase === 'rollback' ? UNDO_IN_WORDS[status] : status,
      `${intent.step}${onText(intent)}: ${summary}`,
    ),
    ...differences.flatMap((difference) => renderDifference(difference, { ...brief, summary: above })),
    ...(ended === undefined || ended.error === '' ? [] : [labelled(page, '', ended.error, 'bad')]),
  ];
}

const UNDO_IN_WORDS: Readonly<Record<StepStatus | 'running', string>> = {
  ok: 'undone',
  changed: 'undone',
  skipped: 'skipped',
  failed: 'not undone',
  unknown: 'unknown',
  running: 'running',
};

/** The limits that stopped the run, and what to do about them. */
export function renderStops({ limits }: HostStories, page: Page): readonly string[] {
  return limits.flatMap(({ limit, reason, hint }) => [
    page.style('bad', `stopped by ${limit}: ${printableLine(reason)}`),
    ...(hint === undefined ? [] : [labelled(page, 'do', hint)]),
  ]);
}

function renderEnd(stories: HostStories, end: RunFinished, runId: string, page: Page): readonly string[] {
  const counts = Object.entries(end.counts)
    .filter(([, number]) => number > 0)
    .map(([outcome, number]) => `${number} ${outcome}`);
  const { batches } = stories;
  const last = batches.at(-1);
  const inBatches = last === undefined || last.batches === 1 ? '' : `, ${batches.length} of ${last.batches} batches`;
  return [
    ...renderStops(stories, page),
    `${page.style('strong', counts.join(', '))} in ${seconds(end.durationMs, 1)}${inBatches}`,
    ...renderWayOn(stories, end, runId, page),
  ];
}

/** What to type next. */
export function renderWayOn(stories: HostStories, end: RunFinished, runId: string, page: Page): readonly string[] {
  return [...renderNext(stories, end.counts, page), page.style('dim', `with all evidence: runbook show -v ${runId}`)];
}

const LEFT = new Set<Outcome>(['not-started', 'not-repaired', 'rolled-back', 'unreachable', 'refused']);

/** The next command, where one is due. */
function renderNext(
  { byHost, started }: HostStories,
  counts: RunFinished['counts'],
  { style }: Page,
): readonly string[] {
  const dire = (['unknown', 'rollback-failed'] as const).filter((outcome) => (counts[outcome] ?? 0) > 0);
  if (dire.length > 0) return [style('bad', `a person must look at the hosts that are ${dire.join(' or ')}`)];
  const left = [...byHost.values()].filter(({ finished }) => finished !== undefined && LEFT.has(finished.outcome));
  if (left.length === 0 || started === undefined) return [];
  const names = left.map(({ host }) => host);
  return [style('dim', `what is left now: ${printableLine(planCommand(started, names))}`)];
}

function seconds(milliseconds: number, digits: number): string {
  return `${(milliseconds / 1000).toFixed(digits)} s`;
}
