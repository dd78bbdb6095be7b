/** The keys a step may have beside its action. */
export const STEP_KEYS = [
  'id',
  'name',
  'for',
  'when',
  'loop',
  'expect',
  'until',
  'retries',
  'delay',
  'retest',
  'timeout',
  'become',
  'env',
  'on_failure',
  'undo',
  'effect',
  'idempotent',
  'risk',
  'no_log',
  'delegate',
  'once',
  'tags',
  'steps',
  'include',
  'with',
] as const;
export type StepKey = (typeof STEP_KEYS)[number];

export const LIMIT_KEYS = [
  'batches',
  'max_failures',
  'max_unreachable',
  'brake',
  'keep',
  'cooldown',
  'attempts',
  'run_timeout',
] as const;
export type LimitKey = (typeof LIMIT_KEYS)[number];
