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

/** What a runbook or a fragment may be called. */
export const RUNBOOK_NAME = /^[a-z][a-z0-9-]{0,62}$/;

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
  /** There whenever `fix` is, but for the command of an exec, which nothing proves. */
  readonly verify?: Verify;
  /** Run after the undos. */
  readonly rollback: readonly Step[];
  readonly limits: Limits;
  readonly file: string;
  /** Of the file's bytes and of the files it takes in, hex: what was checked is what runs. */
  readonly sha256: string;
}

/** How far a run may go; what is not written has its default. */
export interface Limits {
  /** Shares of the hosts to be acted on, rounded up; the first is the canary. */
  readonly batches: readonly Share[];
  /** Of the targeted hosts, rounded down, at least 1: no new host once so many have failed. */
  readonly maxFailures: Share;
  /** Of the targeted hosts; a percent is rounded down, but never under 3 hosts. */
  readonly maxUnreachable: Share;
  /** Percent of the surveyed hosts, and at least 3 hosts, with the same finding. */
  readonly brakePercent: number;
  /** So many others of the group are healthy, or no host of it is acted on. */
  readonly keep?: { readonly group: string; readonly healthy: number };
  readonly cooldownMs: number;
  readonly attempts: { readonly max: number; readonly perMs: number };
  /** No new host after it. */
  readonly runTimeoutMs: number;
}

export type Share =
  { readonly kind: 'hosts'; readonly hosts: number } | { readonly kind: 'percent'; readonly percent: number };

export const DEFAULT_LIMITS: Limits = {
  batches: [
    { kind: 'hosts', hosts: 1 },
    { kind: 'percent', percent: 25 },
    { kind: 'percent', percent: 100 },
  ],
  maxFailures: { kind: 'hosts', hosts: 1 },
  maxUnreachable: { kind: 'percent', percent: 25 },
  brakePercent: 40,
  cooldownMs: 15 * 60_000,
  attempts: { max: 3, perMs: 24 * 3_600_000 },
  runTimeoutMs: 30 * 60_000,
};

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
  /** All must hold; the group's before the step's own. Each sees the `item` of the loop it was written in. */
  readonly when: readonly Condition[];
  /** Loops of the groups around it, outermost first; steps of one group share the object. */
  readonly groupLoops: readonly GroupLoop[];
  readonly loop?: Expression<readonly Json[]>;
  readonly until?: Until;
  readonly expect: readonly Condition[];
  readonly timeoutMs: Expression<number>;
  readonly become: Become;
  /**
   * The name of the host on which it is carried out instead; empty: on the host that the run is about. Reads only params, items of loops,
   * and what the inventory says of the host: it is the same before anything was contacted.
   */
  readonly delegate?: Expression<string>;
  /** Fix only: one host of the run carries it out, or each item of its loops, and the others have its result. */
  readonly once?: true;
  readonly env?: Expression<Readonly<Record<string, Word>>>;
  /** `continue` unless written otherwise in undo and rollback, where one that fails stops no other. */
  readonly onFailure: 'stop' | 'continue';
  /** Fix only: read diagnose again before it; for so many milliseconds, until its findings are gone. */
  readonly retest: false | Expression<number>;
  readonly undo: Undo;
  readonly effect: 'reads' | 'changes';
  readonly idempotent: boolean;
  readonly risk: Risk;
  readonly noLog: boolean;
  /** Fix only: what a run chooses steps by. */
  readonly tags: readonly string[];
  /** Fix only: this run leaves it out. Then `for` is empty. */
  readonly leftOut?: LeftOut;
  readonly at: SourceRange;
}

export interface LeftOut {
  /** What was typed: `--skip-tags caches`. */
  readonly by: string;
  /** The findings that it would serve. */
  readonly for: readonly string[];
}

/** The steps of a group run in turn for each item; a failed one ends the loop. */
export interface GroupLoop {
  /** The place of the group: `fix[0]`. Unique in the runbook. */
  readonly id: string;
  readonly list: Expression<readonly Json[]>;
}

/** The step is sent again until the condition, which sees its `result`, holds; one that cannot be evaluated does not. */
export interface Until {
  readonly condition: Condition;
  /** Times it is sent again at most. */
  readonly retries: number;
  readonly delayMs: Expression<number>;
}

export type Undo =
  /** What the action itself returns. */
  | { readonly kind: 'builtin' }
  /** `reason` may tell the step's `result` and `item`; before the step ran, these show as `(unknown)`. */
  | { readonly kind: 'none'; readonly reason: Text }
  | { readonly kind: 'steps'; readonly steps: readonly Step[] };
