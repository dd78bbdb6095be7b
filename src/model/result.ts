import type { Json, JsonObject } from '../util/json.ts';

export const STEP_STATUSES = ['ok', 'changed', 'skipped', 'failed', 'unknown'] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/** Why a step is `failed`, `skipped` or `unknown`. */
export type StepReason =
  | 'exit'
  | 'signal'
  | 'timeout'
  | 'cancelled'
  | 'lost'
  | 'cannot-start'
  | 'cannot-check'
  | 'expect'
  | 'output'
  | 'condition'
  | 'missing-input'
  | 'expression';

/** What the language sees under a step's id: status, error, and with `ok` or `changed` all output fields. */
export interface StepResult {
  readonly status: StepStatus;
  /** Empty when ok. */
  readonly error: string;
  readonly reason?: StepReason;
  /** Only with status `ok` or `changed`; a step with `loop` has `results` instead. */
  readonly output?: JsonObject;
  readonly results?: readonly StepResult[];
}

export const OUTCOMES = [
  'healthy',
  'repaired',
  'not-repaired',
  'rolled-back',
  'rollback-failed',
  'unreachable',
  'unknown',
  'refused',
  'not-started',
  'not-applicable',
  'needs-fix',
  'done',
  'failed',
] as const;
/** How a host ended. `needs-fix` only in a plan; `done` and `failed` only in an exec: its command ended with status 0, or otherwise. */
export type Outcome = (typeof OUTCOMES)[number];

export type FindingState = 'present' | 'absent' | 'undetermined';
export type Severity = 'info' | 'problem' | 'blocks';

/** One finding on one host, as evaluated at one moment. */
export interface FindingReport {
  readonly name: string;
  readonly severity: Severity;
  readonly state: FindingState;
  /** Rendered; empty when absent. */
  readonly summary: string;
  readonly advice: string;
  readonly items?: readonly Json[];
  /** The field that identifies an item. */
  readonly itemKey?: string;
  /** Why it could not be determined. */
  readonly error?: string;
}
