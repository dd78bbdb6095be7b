import type { ErrorInfo } from '../model/error.ts';
import type { Outcome } from '../model/result.ts';

/** What the engine is doing on a host that needs a fix. */
export type Stage = 'lock' | 'retest' | 'fix' | 'verify' | 'proof' | 'rollback';

/**
 * Where each end of a stage leads: to another stage, or to the host's outcome. The whole life of a host is this table;
 * `docs/host-lifecycle.md` draws it.
 */
export const LIFECYCLE = {
  lock: {
    taken: 'retest',
    refused: 'refused',
    lost: 'unreachable',
    interrupted: 'not-started',
  },
  retest: {
    sick: 'fix',
    healthy: 'healthy',
    'not-applicable': 'not-applicable',
    undetermined: 'unknown',
    blocked: 'not-repaired',
    unserved: 'not-repaired',
    'plan-void': 'refused',
    lost: 'unreachable',
    interrupted: 'not-started',
  },
  fix: {
    done: 'verify',
    failed: 'rollback',
    'nothing-ran': 'not-repaired',
    'not-begun': 'not-started',
    'not-sent': 'unreachable',
    unknown: 'unknown',
    interrupted: 'not-repaired',
  },
  verify: {
    passed: 'proof',
    failed: 'rollback',
    lost: 'unknown',
    interrupted: 'not-repaired',
  },
  proof: {
    gone: 'repaired',
    'another-problem': 'not-repaired',
    undetermined: 'unknown',
    failed: 'rollback',
    lost: 'unknown',
    interrupted: 'not-repaired',
  },
  rollback: {
    undone: 'rolled-back',
    'nothing-to-undo': 'not-repaired',
    failed: 'rollback-failed',
    unknown: 'unknown',
    interrupted: 'rollback-failed',
  },
} as const satisfies Readonly<Record<Stage, Readonly<Record<string, Stage | Outcome>>>>;

export type EndOf<S extends Stage> = keyof (typeof LIFECYCLE)[S] & string;

/** How a stage ended on a host, and why in one line for people. */
export interface StageEnd<S extends Stage> {
  readonly end: EndOf<S>;
  readonly reason: string;
  readonly error?: ErrorInfo;
}

export type Next = { readonly stage: Stage } | { readonly outcome: Outcome };

export function nextOf<S extends Stage>(stage: S, end: EndOf<S>): Next {
  const next = (LIFECYCLE[stage] as Readonly<Record<string, Stage | Outcome>>)[end];
  if (next === undefined) throw new Error(`${stage} has no end ${end}`);
  return isStage(next) ? { stage: next } : { outcome: next };
}

function isStage(next: Stage | Outcome): next is Stage {
  return next in LIFECYCLE;
}
