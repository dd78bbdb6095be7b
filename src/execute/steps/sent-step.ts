import type { Scope } from '../../model/expression.ts';
import type { Step } from '../../model/runbook.ts';
import type { StepEnd } from './judge.ts';
import type { CapturedUndo } from './undo-capture.ts';

/** A changing step that was sent, with what an undo needs to know of that moment. */
export interface SentStep {
  readonly step: Step;
  readonly execution: string;
  readonly name: string;
  /** What its expressions saw. */
  readonly scope: Scope;
  readonly captured: CapturedUndo;
  readonly ended: StepEnd;
}

/** It changed the host, or failed and may have: a rollback looks for its undo. */
export function mayHaveChanged({ ended }: SentStep): boolean {
  const { status } = ended.result;
  return (status === 'changed' || status === 'failed') && !ended.notStarted;
}
