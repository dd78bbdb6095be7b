import type { Attempt } from '../model/attempt.ts';
import type { Store } from '../model/store.ts';
import type { StepIntended } from '../model/step-event.ts';
import type { Step } from '../model/runbook.ts';
import type { PastHost } from '../execute/resume/past-host.ts';
import type { PastItem } from '../execute/resume/past-item.ts';
import type { PastRun } from '../execute/resume/past-run.ts';
import type { Prepared } from './prepare.ts';
import type { OpenWork } from './resume.ts';

/** What a rollback would do on one host. */
export interface UndoSummary {
  readonly host: string;
  /** What must be known before: why it is left as it is, or who has changed it since. Empty: nothing. */
  readonly note: string;
  /** The last change first; none when it is left as it is. */
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

/** From the record alone. What a former rollback has undone is left out only when it is carried out. */
export function whatIsUndone(
  runId: string,
  { hosts, past }: OpenWork,
  { runbook, lacking = [] }: Pick<Prepared, 'runbook' | 'lacking'>,
  store: Pick<Store, 'attempts'>,
): readonly UndoSummary[] {
  const steps = new Map(runbook.fix.map((step) => [step.id, step]));
  return hosts.map((host) => {
    const { name, fix: items } = host;
    const why = lacking.find((one) => one.name === name)?.error.message;
    if (why !== undefined) return { host: name, note: `left as it is: ${why}`, steps: [] };
    const other = lastOther(runId, host, past, store);
    const note = other === undefined ? '' : `the run ${other.runId} (${other.runbook}) has changed it since`;
    return { host: name, note, steps: items.toReversed().flatMap((item) => summaryOf(item, steps.get(item.step))) };
  });
}

/** What another run did last on its machine; under the name of another host of this run it is a clone of it. */
function lastOther(
  runId: string,
  { name, machine, sentAt }: PastHost,
  { hosts }: PastRun,
  store: Pick<Store, 'attempts'>,
): Attempt | undefined {
  if (machine === undefined || sentAt === undefined) return undefined;
  const attempts = store.attempts({ machines: [machine], since: sentAt });
  return attempts.findLast((attempt) => attempt.runId !== runId && (attempt.host === name || !hosts.has(attempt.host)));
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
