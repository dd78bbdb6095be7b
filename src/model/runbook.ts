import type { Json, JsonObject } from '../util/json.ts';
import type { Word } from '../util/secret.ts';
import type { Action, Risk } from './action.ts';
import type { Condition, Expression, Text } from './expression.ts';
import type { Severity } from './result.ts';
import type { SourceRange } from './source.ts';
import type { Become } from './transport.ts';
import type { Type } from './type.ts';

export const PHASES = ['diagnose', 'fix', 'verify', 'rollback'] as const;
export type PhaseName = (typeof PHASES)[number];

/** A runbook that passed every check of `lint`: what is left to fail is the world. */
export interface Runbook {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  /** Default host pattern. */
  readonly hosts?: string;
  readonly become: Become;
  readonly params: readonly Param[];
  readonly diagnose: readonly Step[];
  readonly applies?: Condition;
  readonly findings: readonly Finding[];
  readonly fix: readonly Step[];
  /** There whenever `fix` is. */
  readonly verify?: Verify;
  readonly file: string;
  /** Of the file's bytes and of the files it takes in, hex: what was checked is what runs. */
  readonly sha256: string;
}

export interface Param {
  readonly name: string;
  readonly type: Type;
  readonly description?: string;
  /** Absent: required. */
  readonly default?: unknown;
  readonly at: SourceRange;
}

export interface Finding {
  readonly name: string;
  readonly severity: Severity;
  readonly items?: Expression<readonly Json[]>;
  /** The field that identifies an item between two readings. */
  readonly itemKey?: string;
  readonly when: Condition;
  readonly summary: Text;
  readonly advice?: Text;
  readonly at: SourceRange;
}

export interface Verify {
  /** Milliseconds. */
  readonly soak: Expression<number>;
  readonly within: Expression<number>;
  readonly every: Expression<number>;
  readonly steps: readonly Step[];
}

/** Groups are flattened: their modifiers are on each step inside. */
export interface Step {
  /** The author's id, else the place: `fix[2]`. Unique in the runbook. */
  readonly id: string;
  readonly phase: PhaseName;
  readonly name: Text;
  readonly action: Action;
  readonly params: Expression<JsonObject>;
  /** Fix only: findings it serves. */
  readonly for: readonly string[];
  /** All must hold; the group's before the step's own. */
  readonly when: readonly Condition[];
  readonly loop?: Expression<readonly Json[]>;
  readonly expect: readonly Condition[];
  readonly timeoutMs: Expression<number>;
  readonly become: Become;
  readonly env?: Expression<Readonly<Record<string, Word>>>;
  readonly onFailure: 'stop' | 'continue';
  /** Fix only: read diagnose again before it; for so many milliseconds, until its findings are gone. */
  readonly retest: false | Expression<number>;
  readonly undo: Undo;
  readonly effect: 'reads' | 'changes';
  readonly idempotent: boolean;
  readonly risk: Risk;
  readonly noLog: boolean;
  readonly at: SourceRange;
}

export type Undo =
  /** What the action itself returns. */
  | { readonly kind: 'builtin' }
  /** `reason` may tell the step's `result` and `item`; before the step ran, these show as `(unknown)`. */
  | { readonly kind: 'none'; readonly reason: Text }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] };
