import type { Json } from '../util/json.ts';
import type { Result } from '../util/result.ts';
import type { SourceRange } from './source.ts';
import type { HostFacts } from './host.ts';
import type { StepResult } from './result.ts';

/** Everything an expression can see, as plain JSON; `load` converts by schema before the expression reads it. */
export interface Scope {
  readonly params: Readonly<Record<string, unknown>>;
  readonly host: HostFacts & {
    readonly name: string;
    readonly address: string;
    readonly port: number;
    readonly user: string;
    readonly groups: readonly string[];
  };
  /** Results by step id. An id that has not run is absent. */
  readonly steps: ReadonlyMap<string, StepResult>;
  readonly findings: ReadonlyMap<string, FindingValue>;
  /** Of the innermost loop, with its `index`. */
  readonly item?: Json;
  readonly index?: number;
  /** Of the loops around that one, outermost first. */
  readonly outerItems?: readonly { readonly item: Json; readonly index: number }[];
  readonly result?: StepResult;
  readonly first?: StepResult;
  readonly time: ScopeTime;
  /** Other hosts that steps may be delegated to, by name; absent where none are known. */
  readonly delegates?: ReadonlyMap<string, DelegateScope>;
}

/** What a step that is delegated is composed from: the facts and the clock of the host on which it is carried out. */
export interface DelegateScope {
  readonly facts: HostFacts;
  readonly time: ScopeTime;
}

/** Times of the host's clock, RFC 3339. */
export interface ScopeTime {
  readonly now: string;
  /** The moment the first fix step was sent; `since: fix`. */
  readonly fixStarted?: string;
  /** In the final proof no `since` reaches further back than this. */
  readonly sinceFloor?: string;
}

export interface FindingValue {
  readonly present: boolean;
  readonly summary: string;
  readonly items?: readonly Json[];
}

export interface EvaluationError {
  /** `missing`: a step it reads was skipped or failed, so it has no such field. `error`: anything else. */
  readonly kind: 'missing' | 'error';
  readonly message: string;
  /** The step whose field was missing. */
  readonly step?: string;
}

/** A checked expression, or a tree of literals and spans: `evaluate` gives plain JSON (secrets stay `Secret`, shell texts `ShellText`). */
export interface Expression<T> {
  readonly source: string;
  readonly at: SourceRange;
  /** Ids of steps and names of findings it reads. */
  readonly references: References;
  /** Pure; bounded to 100 ms. */
  evaluate(scope: Scope): Result<T, EvaluationError>;
}

/** A bool expression that can say why it is what it is: `result.code < 500: result.code is 503`. */
export interface Condition extends Expression<boolean> {
  explain(scope: Scope): string;
}

/** Text for people. A span that cannot be evaluated shows `(unknown)`; rendering never fails. */
export interface Text {
  readonly source: string;
  readonly references: References;
  render(scope: Scope): string;
}

export interface References {
  readonly steps: readonly string[];
  readonly findings: readonly string[];
  /** It reads the step's own `result`: there is nothing to evaluate before the step has ended. */
  readonly result?: true;
  /** It reads the `item` or the `index` of a loop. */
  readonly item?: true;
  /** Fields of `host` that it reads; `*` when it takes all of it. */
  readonly host?: readonly string[];
}
