import type { Answer, Interpretation, UndoStep } from '../../model/action.ts';
import type { StepReason } from '../../model/result.ts';

/** A step that ended `failed`. */
export type Failure = Extract<Interpretation<never>, { readonly status: 'failed' }>;

export function failed(reason: StepReason, said: string, undo?: readonly UndoStep[]): Failure {
  return { status: 'failed', reason, error: orNoWord(said), ...(undo !== undefined && { undo }) };
}

/** What the host said, or that it said nothing: an error is never empty. */
export function orNoWord(said: string): string {
  return said.trim() === '' ? 'the host did not say why' : said;
}

/** What the host answered is not what the script prints: nothing is concluded from it. */
export function unexpectedOutput(what: string, answer: Answer): Failure {
  const complaint = lastLine(answer.stderr.text);
  return failed('output', complaint === '' ? what : `${what} (${complaint})`);
}

/** The last line that is not blank, at most 300 characters; empty when there is none. */
export function lastLine(text: string): string {
  return nonBlank(text).at(-1) ?? '';
}

/** The first line that is not blank, at most 300 characters; empty when there is none. */
export function firstLine(text: string): string {
  return nonBlank(text)[0] ?? '';
}

function nonBlank(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim().slice(0, 300))
    .filter((line) => line !== '');
}
