import type { CaseEnd } from '../app/cases/case-end.ts';
import type { Case } from '../model/case.ts';
import type { SourceRange } from '../model/source.ts';
import { renderHosts } from '../reporters/run-text.ts';
import type { Page } from '../reporters/labelled.ts';
import { printable, printableLine } from '../util/printable.ts';
import type { Tone } from '../util/style.ts';

const STATES: Readonly<Record<CaseEnd['state'], readonly [word: string, tone: Tone]>> = {
  holds: ['ok', 'good'],
  fails: ['failed', 'bad'],
  'no-evidence': ['-', 'dim'],
  interrupted: ['stopped', 'warn'],
};

const MARGIN = ' '.repeat(8);

/** What a person mends when a case does not hold on a real host: what of it is wrong only its problems tell. */
export function toCorrect({ fault, at }: Case): string {
  const place = ({ file, start }: SourceRange): string => `${file}:${start.line}`;
  const faulty = fault === undefined ? '' : `the fault in ${place(fault.at)}, `;
  return `correct ${faulty}the case in ${place(at)}, or the runbook`;
}

/** One line, and for a case that does not hold why, the story of the host, and what to do next. */
export function renderCase(runbook: string, end: CaseEnd, todo: string, page: Page): string {
  const { style } = page;
  const [word, tone] = STATES[end.state];
  const where = end.host === undefined ? '' : ` on ${end.host}`;
  const time = end.state === 'no-evidence' ? '' : ` (${timeOf(end.durationMs)})`;
  const title = `${style(tone, word.padEnd(7))} ${style('strong', `${runbook}: ${end.case.name}`)}${where}${time}  ${printableLine(end.case.summary)}`;
  const lines = [title, ...end.notes.map((note) => `${MARGIN}note: ${printable(note)}`)];
  if (end.state === 'no-evidence') lines.push(`${MARGIN}no evidence yet: ${todo}`);
  if (end.state !== 'fails' && end.state !== 'interrupted') return `${lines.join('\n')}\n`;
  lines.push(...end.problems.map((problem) => `${MARGIN}${printable(problem).replaceAll('\n', `\n${MARGIN}  `)}`));
  if (end.run !== undefined) {
    const story = renderHosts(end.run, { ...page, columns: page.columns - MARGIN.length });
    lines.push('', ...story.split('\n').map((line) => MARGIN + line), '');
  }
  lines.push(`${MARGIN}${style('accent', 'do:')} ${todo}`);
  return `${lines.join('\n')}\n`;
}

function timeOf(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.ceil(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** One object a case, and no text for people in it. */
export function caseAsJson(runbook: string, end: CaseEnd): string {
  const { case: one, host, state, problems, came, notes, durationMs } = end;
  const { expect } = one;
  const ms = Math.round(durationMs);
  return JSON.stringify({ runbook, case: one.name, state, host, problems, expect, came, notes, duration_ms: ms });
}

export function renderTotal(ends: readonly CaseEnd[]): string {
  const count = (state: CaseEnd['state'], words: string): readonly string[] => {
    const number = ends.filter((end) => end.state === state).length;
    return number === 0 ? [] : [`${number} ${words}`];
  };
  const counts = [
    ...count('holds', 'ok'),
    ...count('fails', 'failed'),
    ...count('interrupted', 'stopped'),
    ...count('no-evidence', 'without evidence'),
  ];
  return `${ends.length} ${ends.length === 1 ? 'case' : 'cases'}: ${counts.join(', ') || 'none was tried'}\n`;
}
