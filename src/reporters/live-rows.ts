import type { Outcome } from '../model/result.ts';
import { cutToWidth, printableLine } from '../util/printable.ts';
import type { Style, Tone } from '../util/style.ts';
import type { HostStory } from './host-story.ts';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** More running hosts than this are counted, not shown: a list taller than the terminal scrolls away and cannot be redrawn. */
const MOST_ROWS = 15;
const STAGE_WIDTH = 'not-applicable'.length;

export const TONE_OF_OUTCOME: Readonly<Record<Outcome, Tone>> = {
  healthy: 'good',
  repaired: 'good',
  'not-applicable': 'dim',
  'needs-fix': 'warn',
  'not-started': 'warn',
  refused: 'warn',
  'not-repaired': 'bad',
  'rolled-back': 'bad',
  'rollback-failed': 'bad',
  unreachable: 'bad',
  done: 'good',
  failed: 'bad',
  unknown: 'bad',
};

const MARK_OF_TONE: Readonly<Record<Tone, string>> = {
  good: '✔',
  bad: '✖',
  warn: '▲',
  dim: '–',
  strong: '●',
  accent: '●',
};

export interface RowOptions {
  readonly columns: number;
  readonly rows: number;
  readonly style: Style;
  /** Counts up with each drawing; turns the spinner. */
  readonly frame: number;
}

/** The lines of one frame: hosts that are at work or need a look first in view, each on exactly one line of the terminal. */
export function liveRows(stories: readonly HostStory[], options: RowOptions): readonly string[] {
  const room = Math.max(1, Math.min(MOST_ROWS, options.rows - 3));
  const nameWidth = Math.min(30, Math.max(...stories.map((story) => story.host.length), 4));
  const shown = stories.length <= room ? stories : mostInteresting(stories, room);
  const rows = shown.map((story) => row(story, nameWidth, options));
  const hidden = stories.length - shown.length;
  return hidden === 0 ? rows : [...rows, options.style('dim', `  and ${hidden} more: ${tally(stories)}`)];
}

function mostInteresting(stories: readonly HostStory[], room: number): readonly HostStory[] {
  const kept = new Set(stories.toSorted((a, b) => rank(a) - rank(b)).slice(0, room));
  return stories.filter((story) => kept.has(story));
}

const BEFORE_ANY_CHANGE = new Set(['connect', 'connected', 'diagnose']);

function rank(story: HostStory): number {
  if (story.finished === undefined) return BEFORE_ANY_CHANGE.has(story.stage) ? 1 : 0;
  return TONE_OF_OUTCOME[story.finished.outcome] === 'bad' ? 2 : 3;
}

function row(story: HostStory, nameWidth: number, { columns, style, frame }: RowOptions): string {
  const name = cutToWidth(printableLine(story.host), nameWidth).padEnd(nameWidth);
  const { mark, tone, stage, detail } = story.finished === undefined ? atWork(story, frame) : ended(story.finished);
  const room = columns - nameWidth - STAGE_WIDTH - 8;
  const text = room > 3 ? cutToWidth(printableLine(detail), room) : '';
  return `  ${style(tone, mark)} ${style('strong', name)}  ${style(tone, stage.padEnd(STAGE_WIDTH))}  ${text}`.trimEnd();
}

interface RowText {
  readonly mark: string;
  readonly tone: Tone;
  readonly stage: string;
  readonly detail: string;
}

function atWork(story: HostStory, frame: number): RowText {
  const mark = SPINNER[frame % SPINNER.length] ?? '';
  return { mark, tone: 'accent', stage: story.stage, detail: story.activity };
}

function ended(finished: NonNullable<HostStory['finished']>): RowText {
  const tone = TONE_OF_OUTCOME[finished.outcome];
  return { mark: MARK_OF_TONE[tone], tone, stage: finished.outcome, detail: finished.reason };
}

/** `3 healthy, 1 unreachable, 20 at work`. */
function tally(stories: readonly HostStory[]): string {
  const counts = new Map<string, number>();
  for (const story of stories) {
    const key = story.finished?.outcome ?? 'at work';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([what, number]) => `${number} ${what}`).join(', ');
}
