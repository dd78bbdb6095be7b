import type { StepIntended } from '../model/step-event.ts';
import type { Runbook, Step } from '../model/runbook.ts';
import type { PastItem } from '../execute/resume/past-item.ts';
import type { OpenWork } from './resume.ts';

/** What a rollback would do on one host. */
export interface UndoSummary {
  readonly host: string;
  /** The last change first. */
  readonly steps: readonly UndoneStep[];
}

export interface UndoneStep {
  /** Its id and what was sent. */
  readonly name: string;
  /** In words, how it ended, where that was not well. */
  readonly ended: string;
  /** In words, what undoes it, or why nothing does. */
  readonly undo: string;
}

/** Pure: from the record alone. What a former rollback has undone is left out only when it is carried out. */
export function whatIsUndone({ hosts }: OpenWork, { fix }: Runbook): readonly UndoSummary[] {
  const steps = new Map(fix.map((step) => [step.id, step]));
  return hosts.map(({ name, fix: items }) => ({
    host: name,
    steps: items.toReversed().flatMap((item) => summaryOf(item, steps.get(item.step))),
  }));
}

function summaryOf({ attempts }: PastItem, step: Step | undefined): readonly UndoneStep[] {
  const last = attempts.findLast(({ intent }) => intent !== undefined);
  if (last?.intent === undefined || step === undefined || last.end?.status === 'ok') return [];
  const { on, summary } = last.intent;
  const where = on === undefined ? '' : ` on ${on}`;
  const status = last.end?.status ?? 'unknown';
  const ended = status === 'changed' ? '' : status === 'unknown' ? 'nobody knows how it ended' : 'it failed';
  return [{ name: `${step.id}${where}: ${summary}`, ended, undo: undoOf(step, last.intent) }];
}

/** As far as it was known before the step was sent. */
function undoOf({ undo, action }: Step, { undo: planned = [] }: StepIntended): string {
  switch (undo.kind) {
    case 'builtin':
      return action.undo?.kind === 'builtin' ? action.undo.how : 'it is undone';
    case 'steps':
      return planned.length === 0
        ? undo.steps.map((step) => step.id).join(', ')
        : planned.map((one) => one.summary).join(', ');
    case 'none':
      return `cannot be undone: ${undo.reason.source}`;
  }
}
