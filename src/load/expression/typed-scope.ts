import type { Environment } from '@marcbachmann/cel-js';
import type { EvaluationError, FindingValue, References, Scope } from '../../model/expression.ts';
import type { StepResult } from '../../model/result.ts';
import type { Result } from '../../util/result.ts';
import { spend } from './budget.ts';
import type { ObjectShape, Shape, ShapeTable } from './shape.ts';
import { flattenResult, toCel, toCelObject } from './values.ts';

/** What names mean at one place of a runbook, for checking and for evaluating. */
export interface TypedScope {
  /** Derived from the runbook's: it knows at least the visible names. */
  readonly environment: Environment;
  readonly table: ShapeTable;
  /** Visible names with their types. */
  readonly variables: ReadonlyMap<string, Shape>;
  /** Which of them are steps, with the ids that these have in the runbook: those of a fragment are called otherwise in it. */
  readonly steps: ReadonlyMap<string, string>;
  /** Findings that may be read here; `items`: only its items (a finding of itself). */
  readonly findings: ReadonlyMap<string, 'all' | 'items'>;
  /** Why a name that exists elsewhere means nothing here. */
  readonly hidden: ReadonlyMap<string, HiddenName>;
  readonly values: ValueCache;
  /** In a fragment: what its params are, by name. */
  readonly inputs?: Inputs;
}

/** What an include gives to the params of its fragment. */
export type Inputs = ReadonlyMap<string, Input>;

/** An expression that stands at the include, evaluated in the scope of whoever reads the param. */
export interface Input {
  readonly references: References;
  evaluate(scope: Scope): Result<unknown, EvaluationError>;
}

/** Thrown where a param is read that cannot be evaluated, and caught by the evaluation that reads it. */
export class InputError extends Error {
  readonly why: EvaluationError;

  constructor(why: EvaluationError) {
    super(why.message);
    this.why = why;
  }
}

/** In steps of the budget: five fragments one in another could multiply what an expression costs. */
const INPUT_COST = 100;

export interface HiddenName {
  readonly message: string;
  readonly hint: string;
}

/** Conversions are done once for each result, not once for each expression. */
export class ValueCache {
  readonly #objects = new WeakMap<object, unknown>();

  object(shape: ObjectShape, source: object, json: () => Readonly<Record<string, unknown>>): unknown {
    let value = this.#objects.get(source);
    if (value === undefined) {
      value = toCelObject(shape, json());
      this.#objects.set(source, value);
    }
    return value;
  }
}

/** The values of these names, for one evaluation. What is not there yet is an object without fields. */
export function bindValues(names: Iterable<string>, scope: Scope, typed: TypedScope): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const name of names) {
    const shape = typed.variables.get(name);
    if (shape !== undefined) context[name] = valueOf(name, shape, scope, typed);
  }
  return context;
}

function valueOf(name: string, shape: Shape, scope: Scope, typed: TypedScope): unknown {
  if (name === 'item') return toCel(shape, scope.item);
  if (name === 'index') return BigInt(scope.index ?? 0);
  if (shape.kind !== 'object') return toCel(shape, undefined);
  const { object } = shape;
  switch (name) {
    case 'params':
      if (typed.inputs !== undefined) return inputsValue(object, typed.inputs, scope);
      return typed.values.object(object, scope.params, () => scope.params);
    case 'host':
      return typed.values.object(object, scope.host, () => ({ ...scope.host }));
    case 'findings':
      return findingsValue(object, scope.findings, typed);
    case 'result':
      return resultValue(object, scope.result, typed);
    case 'first':
      return resultValue(object, scope.first ?? scope.result, typed);
    default:
      return resultValue(object, scope.steps.get(typed.steps.get(name) ?? name), typed);
  }
}

function resultValue(object: ObjectShape, result: StepResult | undefined, typed: TypedScope): unknown {
  if (result === undefined) return toCelObject(object, {});
  return typed.values.object(object, result, () => flattenResult(result));
}

/** Only what is read is evaluated: another param may read a step that was skipped. */
function inputsValue(object: ObjectShape, inputs: Inputs, scope: Scope): unknown {
  const made = new object.construct({});
  for (const [name, shape] of object.fields) {
    const input = inputs.get(name);
    if (input === undefined) continue;
    let known: { readonly value: unknown } | undefined;
    const get = (): unknown => {
      known ??= { value: inputValue(shape, input, scope) };
      return known.value;
    };
    Object.defineProperty(made, name, { get, enumerable: true });
  }
  return made;
}

function inputValue(shape: Shape, input: Input, scope: Scope): unknown {
  spend(INPUT_COST);
  const value = input.evaluate(scope);
  if (!value.ok) throw new InputError(value.error);
  return toCel(shape, value.value);
}

function findingsValue(object: ObjectShape, findings: ReadonlyMap<string, FindingValue>, typed: TypedScope): unknown {
  const all = new object.construct({});
  for (const [name, shape] of object.fields) {
    const finding = findings.get(name);
    if (finding === undefined || shape.kind !== 'object') continue;
    const value = typed.values.object(shape.object, finding, () => ({ ...finding }));
    Object.defineProperty(all, name, { value, enumerable: true });
  }
  return all;
}
