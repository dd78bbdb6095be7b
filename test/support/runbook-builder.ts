import type { Action } from '../../src/model/action.ts';
import type { Condition, EvaluationError, Expression, References, Scope, Text } from '../../src/model/expression.ts';
import type { Finding, Limits, Runbook, Step, Verify } from '../../src/model/runbook.ts';
import type { SourceRange } from '../../src/model/source.ts';
import type { Json, JsonObject } from '../../src/util/json.ts';
import { err, ok, type Result } from '../../src/util/result.ts';

const NOWHERE: SourceRange = {
  file: 'test.yaml',
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 1, offset: 0 },
};

class Missing extends Error {
  readonly step: string;

  constructor(step: string) {
    super(`${step} has no result`);
    this.step = step;
  }
}

/** A field of a step's output; as in the language, missing unless the step is `ok` or `changed`. */
export function field(scope: Scope, step: string, name: string): Json {
  const value = scope.steps.get(step)?.output?.[name];
  if (value === undefined) throw new Missing(step);
  return value;
}

export function resultField(scope: Scope, name: string): Json {
  const value = scope.result?.output?.[name];
  if (value === undefined) throw new Error('result has no such field here');
  return value;
}

export function present(scope: Scope, finding: string): boolean {
  const value = scope.findings.get(finding);
  if (value === undefined) throw new Error(`${finding} is not known`);
  return value.present;
}

interface Reads {
  readonly result?: true;
  readonly steps?: readonly string[];
  readonly findings?: readonly string[];
}

const referencesOf = ({ steps = [], findings = [], ...result }: Reads): References => ({ steps, findings, ...result });

export function expression<T>(compute: (scope: Scope) => T, reads: Reads = {}): Expression<T> {
  return {
    source: compute.toString(),
    at: NOWHERE,
    references: referencesOf(reads),
    evaluate: (scope): Result<T, EvaluationError> => {
      try {
        return ok(compute(scope));
      } catch (error) {
        if (error instanceof Missing) return err({ kind: 'missing', message: error.message, step: error.step });
        return err({ kind: 'error', message: error instanceof Error ? error.message : String(error) });
      }
    },
  };
}

export function constant<T>(value: T): Expression<T> {
  return expression(() => value);
}

export function condition(compute: (scope: Scope) => boolean, reads: Reads = {}): Condition {
  const base = expression(compute, reads);
  return { ...base, explain: () => `${base.source} does not hold` };
}

export function text(value: string | ((scope: Scope) => string)): Text {
  return {
    source: String(value),
    references: referencesOf({}),
    render: (scope) => {
      if (typeof value === 'string') return value;
      try {
        return value(scope);
      } catch {
        return '(unknown)';
      }
    },
  };
}

interface StepOptions extends Partial<Omit<Step, 'params'>> {
  readonly id: string;
  readonly action: Action;
  readonly params: JsonObject | Expression<JsonObject>;
}

export function step({ params, action, ...options }: StepOptions): Step {
  return {
    phase: 'diagnose',
    name: text(options.id),
    action,
    params: isExpression(params) ? params : constant(params),
    for: [],
    when: [],
    groupLoops: [],
    expect: [],
    timeoutMs: constant(action.effect === 'reads' ? 30_000 : 300_000),
    become: false,
    onFailure: 'stop',
    retest: false,
    undo: defaultUndo(action),
    effect: action.effect,
    idempotent: action.idempotent,
    risk: action.risk,
    noLog: false,
    tags: [],
    at: NOWHERE,
    ...options,
  };
}

function isExpression(params: JsonObject | Expression<JsonObject>): params is Expression<JsonObject> {
  return typeof params['evaluate'] === 'function';
}

function defaultUndo(action: Action): Step['undo'] {
  if (action.undo?.kind === 'builtin') return { kind: 'builtin' };
  return { kind: 'none', reason: text(action.undo?.kind === 'none' ? action.undo.reason : 'nothing to undo') };
}

interface FindingOptions extends Partial<Omit<Finding, 'when'>> {
  readonly name: string;
  readonly when: (scope: Scope) => boolean;
}

export function finding({ when, ...options }: FindingOptions): Finding {
  return {
    severity: 'problem',
    summary: text(`${options.name} is wrong`),
    advice: text('look at it'),
    at: NOWHERE,
    ...options,
    when: condition(when),
  };
}

export function verifying(
  steps: readonly Step[],
  times: { soak?: number; within?: number; every?: number } = {},
): Verify {
  const { soak = 10_000, within = 30_000, every = 2000 } = times;
  return { soak: constant(soak), within: constant(within), every: constant(every), steps };
}

/** For tests of other things: all hosts at once, and nothing stops them. */
const NO_LIMITS: Limits = {
  batches: [{ kind: 'percent', percent: 100 }],
  maxFailures: { kind: 'hosts', hosts: 1000 },
  maxUnreachable: { kind: 'hosts', hosts: 1000 },
  brakePercent: 100,
  cooldownMs: 0,
  attempts: { max: 1000, perMs: 86_400_000 },
  runTimeoutMs: 86_400_000,
};

export function runbook(parts: Partial<Runbook> & Pick<Runbook, 'diagnose' | 'findings'>): Runbook {
  return {
    name: 'test',
    summary: 'A runbook of the tests',
    become: false,
    params: [],
    fix: [],
    rollback: [],
    limits: NO_LIMITS,
    file: 'test.yaml',
    sha256: '0'.repeat(64),
    ...parts,
  };
}
