import type { RunFinished } from '../model/event.ts';
import type { Outcome } from '../model/result.ts';
import { printableLine } from '../util/printable.ts';
import type { HostStories, HostStory } from './host-story.ts';
import type { Page } from './labelled.ts';
import { renderStops, renderStories, renderWayOn } from './run-text.ts';

export interface MailTextOptions extends Page {
  /** Only of what needs somebody. */
  readonly onlyErrors: boolean;
  /** Lines that were said meanwhile. */
  readonly said: readonly string[];
}

const MOST_NAMES = 5;
/** Worst first: what is read of a list in which a mail shows one line. */
const ORDER: readonly Outcome[] = [
  'rollback-failed',
  'unknown',
  'not-repaired',
  'rolled-back',
  'failed',
  'unreachable',
  'not-started',
  'refused',
  'needs-fix',
  'repaired',
  'healthy',
  'not-applicable',
  'done',
];
const NEEDS_NOBODY: ReadonlySet<Outcome> = new Set(['repaired', 'healthy', 'not-applicable', 'done']);

/**
 * What a run that nobody watches has to say, for a mail or a log: its first line says all that matters, then come the hosts that need
 * somebody, then those that were changed. Empty when there is nothing to say: every host was well and nothing was changed.
 */
export function renderMail(
  stories: HostStories,
  end: RunFinished,
  runId: string,
  { onlyErrors, said, ...page }: MailTextOptions,
): string {
  const needy = end.exitCode !== 0;
  const hosts = [...stories.byHost.values()].filter(({ finished }) => finished !== undefined);
  const changed = hosts.filter((story) => isDone(story) && (isRepaired(story) || story.changes.length > 0));
  if (!needy && (onlyErrors || changed.length === 0)) return '';
  const left = ORDER.flatMap((outcome) =>
    hosts.filter((story) => !isDone(story) && story.finished?.outcome === outcome),
  );
  const parts = [
    [headline(stories, end)],
    renderStops(stories, page),
    said.map(printableLine),
    renderStories(left, page),
    onlyErrors ? [] : renderStories(changed, page),
    [
      `exit code ${end.exitCode}, after ${(end.durationMs / 1000).toFixed(1)} s`,
      ...renderWayOn(stories, end, runId, page),
    ],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

const isDone = ({ finished }: HostStory): boolean => finished !== undefined && NEEDS_NOBODY.has(finished.outcome);
const isRepaired = ({ finished }: HostStory): boolean => finished?.outcome === 'repaired';

/** `apache-accept-lock needs somebody: 1 not-repaired (web03), 2 repaired (web01 web02), 3 healthy`. */
function headline({ started, byHost, limits }: HostStories, end: RunFinished): string {
  const counts = ORDER.flatMap((outcome) => {
    const number = end.counts[outcome] ?? 0;
    if (number === 0) return [];
    const names = [...byHost.values()].flatMap(({ host, finished }) => (finished?.outcome === outcome ? [host] : []));
    return [`${number} ${outcome}${IS_PLAIN.has(outcome) ? '' : ` (${namesOf(names)})`}`];
  });
  const stops = limits.map(({ limit }) => `stopped by ${limit}`);
  const verb = end.exitCode === 0 ? '' : ' needs somebody';
  return `${printableLine(started?.runbook ?? 'the run')}${verb}: ${[...stops, ...counts].join(', ')}`;
}

const IS_PLAIN: ReadonlySet<Outcome> = new Set(['healthy', 'not-applicable']);

function namesOf(hosts: readonly string[]): string {
  const more = hosts.length - MOST_NAMES;
  const shown = hosts.slice(0, MOST_NAMES).map(printableLine).join(' ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
