import type { HostFinished, LimitReached, RunEvent, RunFinished } from '../model/event.ts';
import type { Outcome } from '../model/result.ts';
import type { Reporter } from '../model/reporter.ts';
import type { Output } from '../model/script.ts';
import { count } from '../util/count.ts';
import { printable, printableLine } from '../util/printable.ts';
import { foldHosts, titleOf } from './fold-hosts.ts';
import { labelled, type Page } from './labelled.ts';
import { TONE_OF_OUTCOME } from './live-rows.ts';

/** What the command did on one host. */
interface ExecStory {
  readonly host: string;
  readonly notes: string[];
  stdout?: Output;
  stderr?: Output;
  finished?: HostFinished;
}

/** A fold over the events of an exec: what each host printed, and how it ended. */
export class ExecStories implements Reporter {
  readonly byHost = new Map<string, ExecStory>();
  readonly limits: LimitReached[] = [];

  accept(event: RunEvent): void {
    if (event.type === 'run-started') for (const host of event.hosts) this.byHost.set(host, { host, notes: [] });
    if (event.type === 'limit-reached') this.limits.push(event);
    const story = 'host' in event ? this.byHost.get(event.host) : undefined;
    if (story === undefined) return;
    if (event.type === 'host-connected') story.notes.push(...(event.learned ?? []));
    if (event.type === 'evidence') story[event.stream] = event.output;
    if (event.type === 'host-finished') story.finished = event;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export interface ExecTextOptions extends Page {
  /** Leave out hosts on which it went well. */
  readonly quiet: boolean;
  /** All lines of what hosts printed, however many. */
  readonly verbose: boolean;
}

/** More would scroll away what others printed. */
const MOST_LINES = 100;

/** For a terminal: hosts that printed the same and ended alike together, then how many ended how. */
export function renderExec(stories: ExecStories, end: RunFinished, runId: string, options: ExecTextOptions): string {
  const { style, quiet } = options;
  const told = [...stories.byHost.values()].filter(({ finished }) => !(quiet && finished?.outcome === 'done'));
  if (quiet && told.length === 0) return '';
  const folds = foldHosts(told, (story) => [headOf(story), ...bodyOf(story, options)].join('\n'));
  const blocks = folds.flatMap(({ hosts, first }) => [
    `${style('strong', titleOf(hosts, options))}  ${style(TONE_OF_OUTCOME[outcomeOf(first)], headOf(first))}`,
    ...bodyOf(first, options),
    '',
  ]);
  const counts = Object.entries(end.counts).map(([outcome, number]) => `${number} ${outcome}`);
  return [
    ...blocks,
    ...renderLimits(stories.limits, options),
    `${style('strong', counts.join(', '))} in ${(end.durationMs / 1000).toFixed(1)} s`,
    style('dim', `all of it again: runbook show -v ${runId}`),
    '',
  ].join('\n');
}

/** For a pipe or a file: every line with its host, so that it can be searched and sorted. */
export function execLines(stories: ExecStories, stream: 'stdout' | 'stderr'): string {
  const lines = [...stories.byHost.values()].flatMap((story) =>
    linesOf(story[stream]).map((line) => `${printableLine(story.host)}: ${line}\n`),
  );
  return lines.join('');
}

const outcomeOf = ({ finished }: ExecStory): Outcome => finished?.outcome ?? 'unknown';

function headOf(story: ExecStory): string {
  const reason = story.finished?.reason ?? '';
  return reason === '' ? outcomeOf(story) : `${outcomeOf(story)}: ${printableLine(reason)}`;
}

function bodyOf(story: ExecStory, options: ExecTextOptions): readonly string[] {
  const hint = story.finished?.error?.hint;
  return [
    ...story.notes.map((note) => labelled(options, 'note', note)),
    ...shortened(linesOf(story.stdout), options).map((line) => `  ${line}`),
    ...shortened(linesOf(story.stderr), options).map((line) => `  ${options.style('warn', line)}`),
    ...(hint === undefined ? [] : [labelled(options, 'do', hint)]),
  ];
}

function shortened(lines: readonly string[], { verbose }: ExecTextOptions): readonly string[] {
  if (verbose || lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES), `and ${count(lines.length - MOST_LINES, 'more line')}; -v shows them`];
}

function linesOf(output: Output | undefined): readonly string[] {
  const text = output?.text.replace(/\n$/, '').replaceAll('\r\n', '\n') ?? '';
  return text === '' ? [] : printable(text).split('\n');
}

function renderLimits(limits: readonly LimitReached[], page: Page): readonly string[] {
  return limits.flatMap(({ limit, reason, hint }) => [
    page.style('bad', `stopped by ${limit}: ${printableLine(reason)}`),
    ...(hint === undefined ? [] : [labelled(page, 'do', hint)]),
  ]);
}
