import type { CaseEnd } from '../app/cases/case-end.ts';
import { renderRun } from '../reporters/run-text.ts';
import { formatDuration } from '../util/duration.ts';
import { printable } from '../util/printable.ts';
import type { Tone } from '../util/style.ts';
import type { TerminalStream } from './terminal.ts';

const STATES: Readonly<Record<CaseEnd['state'], readonly [word: string, tone: Tone]>> = {
  holds: ['ok', 'good'],
  fails: ['failed', 'bad'],
  'no-evidence': ['-', 'dim'],
  interrupted: ['stopped', 'warn'],
};

/** One line, and for a case that does not hold why, the story of the host, and what to do next. */
export function renderCase(runbook: string, end: CaseEnd, todo: string, out: TerminalStream): string {
  const [word, tone] = STATES[end.state];
  const where = end.host === undefined ? '' : ` on ${end.host}`;
  const time = end.state === 'no-evidence' ? '' : ` (${formatDuration(Math.max(1, Math.round(end.durationMs)))})`;
  const title = `${out.style(tone, word.padEnd(7))} ${out.style('strong', `${runbook}: ${end.case.name}`)}${where}${time}  ${end.case.summary}`;
  const lines = [title, ...end.notes.map((note) => `        note: ${printable(note)}`)];
  if (end.state === 'no-evidence') lines.push(`        no evidence yet: ${todo}`);
  if (end.state !== 'fails' && end.state !== 'interrupted') return `${lines.join('\n')}\n`;
  lines.push(...end.problems.map((problem) => `        ${printable(problem).replaceAll('\n', '\n          ')}`));
  if (end.run !== undefined) {
    const { stories, end: ran } = end.run;
    const page = { style: out.style, columns: out.columns() - 8, quiet: false };
    const story = renderRun(stories, ran.finished, ran.runId, page).trimEnd();
    lines.push('', ...story.split('\n').map((line) => (line === '' ? '' : `        ${line}`)), '');
  }
  lines.push(`        ${out.style('accent', 'do:')} ${todo}`);
  return `${lines.join('\n')}\n`;
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
