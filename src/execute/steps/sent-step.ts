import type { Scope } from '../../model/expression.ts';
import type { Step } from '../../model/runbook.ts';
import type { Once } from '../onces.ts';
import type { StepEnd } from './judge.ts';
import type { CapturedUndo } from './undo-capture.ts';

/** A step that was sent once or more. */
export interface Attempts {
  /** How the step ended: as its last attempt, and `changed` when an earlier one changed something. */
  readonly ended: StepEnd;
  /** Of each time it was sent, in order. */
  readonly attempts: readonly StepEnd[];
}

/** A changing step that was sent, with what an undo needs to know of that moment. */
export interface SentStep extends Attempts {
  readonly step: Step;
  /** With the delegate that it was carried out on. */
  readonly name: string;
  /** That delegate. */
  readonly on?: string;
  /** It was carried out for other hosts, too. */
  readonly once?: Once;
  /** What its expressions saw. */
  readonly scope: Scope;
  readonly captured: CapturedUndo;
}

/** At least one attempt reached the host's shell. */
export function wasSent({ attempts }: SentStep): boolean {
  return attempts.some(({ notStarted }) => !notStarted);
}

/** An attempt changed the host, or failed and may have: a rollback looks for its undo. */
export function mayHaveChanged({ attempts }: SentStep): boolean {
  return attempts.some(leftSomething);
}

/** Pure: the same of one attempt. */
export function leftSomething({ result, notStarted }: StepEnd): boolean {
  return (result.status === 'changed' || result.status === 'failed') && !notStarted;
}
