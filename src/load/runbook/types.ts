import type { Param } from '../../model/runbook.ts';
import type { Environment } from '@marcbachmann/cel-js';
import { createEnvironment } from '../expression/functions.ts';
import { celType, defineObject, registerObject, ShapeTable, type Shape } from '../expression/shape.ts';
import { ValueCache, type Inputs, type TypedScope } from '../expression/typed-scope.ts';
import type { Frame } from './frame.ts';
import { hiddenNames } from './hidden-names.ts';
import { hiddenInputs, inputsAt } from './input-scope.ts';
import { HOST } from './known-names.ts';
import type { RawStep } from './raw-step.ts';
import { isInLoop, typesOf, type StepTypes } from './step-types.ts';

const STRING: Shape = { kind: 'string' };
const INT: Shape = { kind: 'int' };
/** Built once: a program checks many runbooks with the same functions. */
let language: Environment | undefined;

export interface FindingType {
  readonly items?: Shape;
}

/** What names exist only in some keys, and are said to be elsewhere. */
export interface Extras {
  readonly item?: Shape;
  readonly result?: Shape;
  readonly first?: boolean;
  /** It is the result of the step itself, not that of the step which is undone. */
  readonly ownResult?: boolean;
  /** Groups whose loops are around, by their places: a step of the same one is seen as it ended for the same item. */
  readonly around?: ReadonlySet<string>;
  /** In a fragment: loops that were entered since its include, inside of which its params are read. */
  readonly laps?: number;
}

/** The types of all names of a runbook, or of a fragment at one include, and the scopes made from them. */
export class RunbookTypes {
  readonly table: ShapeTable;
  readonly #environment: Environment;
  readonly #values = new ValueCache();
  readonly #base = new Map<string, Shape>();
  readonly #steps = new Map<string, StepTypes>();
  /** Those that can be named, or stand in this very file. */
  readonly #raw: readonly RawStep[];
  readonly #frame: Frame;
  #inputs: Inputs | undefined;
  #findings: ReadonlyMap<string, FindingType> = new Map();
  #withFindings: Environment | undefined;
  readonly #within = new WeakMap<Environment, Map<string, Environment>>();

  constructor(params: readonly Param[], brokenParams: ReadonlySet<string>, frame: Frame, all: readonly RawStep[]) {
    language ??= createEnvironment();
    this.#environment = language.clone();
    this.#frame = frame;
    this.#raw = all.filter((step) => step.frame === frame || frame.names.has(step.id));
    this.table = new ShapeTable(this.#environment);
    const fields = new Map(params.map((param) => [param.name, this.table.shapeOf(param.type, 'params')]));
    for (const name of brokenParams) fields.set(name, { kind: 'unknown' });
    this.#variable('params', this.table.define('params', fields));
    this.#variable('host', this.table.define('host', HOST));
    for (const step of this.#raw) {
      const types = typesOf(step, this.table);
      this.#steps.set(step.id, types);
      const name = frame.names.get(step.id);
      if (name !== undefined && !isInLoop(step)) this.#environment.registerVariable(name, celType(types.whole));
    }
  }

  step(id: string): StepTypes {
    return this.#steps.get(id) ?? { whole: { kind: 'unknown' }, single: { kind: 'unknown' } };
  }

  /** What an include gives to the params here; scopes made before cannot read them. */
  setInputs(inputs: Inputs): void {
    this.#inputs = inputs;
  }

  get findings(): ReadonlyMap<string, FindingType> {
    return this.#findings;
  }

  /** Those of the runbook, in a fragment. */
  takeFindings(findings: ReadonlyMap<string, FindingType>): void {
    const own = [...findings].map(
      ([name, { items }]) => [name, items === undefined ? {} : { items: this.table.take(items) }] as const,
    );
    this.setFindings(new Map(own));
  }

  /** For a fragment by itself: nobody knows yet which findings there are. */
  leaveFindingsOpen(): void {
    this.#withFindings = this.#environment.clone();
    this.#withFindings.registerVariable('findings', 'dyn');
  }

  /** All findings with the types of their items; scopes made before cannot read them. */
  setFindings(findings: ReadonlyMap<string, FindingType>): void {
    this.#findings = findings;
    this.#withFindings = this.#deriveFindings(findings).environment;
  }

  /** A scope for finding out the type of a finding's items, when only those before it are known. */
  inferenceScope(visible: readonly RawStep[], findings: ReadonlyMap<string, FindingType>): TypedScope {
    const { environment, shape } = this.#deriveFindings(findings);
    const scope = this.scope(visible, new Map([...findings.keys()].map((name) => [name, 'all'])), {}, environment);
    return { ...scope, variables: new Map([...scope.variables, ['findings', shape]]) };
  }

  /** What names mean where these steps have run and these findings are known; `undefined`: findings are not yet known at all. */
  scope(
    visible: readonly RawStep[],
    findings: ReadonlyMap<string, 'all' | 'items'> | undefined,
    extras: Extras = {},
    from: Environment | undefined = this.#withFindings,
  ): TypedScope {
    const around = extras.around ?? NOWHERE;
    const environment = this.#seenWithin(around, from ?? this.#environment).clone();
    const variables = new Map(this.#base);
    const steps = new Map<string, string>();
    for (const step of visible) {
      const name = this.#frame.names.get(step.id);
      if (name === undefined) continue;
      variables.set(name, this.#seenFrom(step, around));
      steps.set(name, step.id);
    }
    if (findings !== undefined) variables.set('findings', this.#findingsShape());
    for (const [name, shape] of extraVariables(extras)) {
      registerMissing(environment, this.table, shape);
      environment.registerVariable(name, celType(shape));
      variables.set(name, shape);
    }
    const inputs = this.#inputs;
    return {
      environment,
      table: this.table,
      variables,
      steps,
      findings: findings ?? new Map(),
      hidden: new Map([
        ...hiddenNames(this.#frame, this.#raw, this.#findings.keys(), findings ?? new Map(), variables),
        ...(inputs === undefined ? [] : hiddenInputs(inputs, extras)),
      ]),
      values: this.#values,
      ...(inputs !== undefined && { inputs: inputsAt(inputs, extras.laps ?? 0) }),
    };
  }

  /** Derived once for each group: with hundreds of steps in loops it is what takes the time. */
  #seenWithin(around: ReadonlySet<string>, from: Environment): Environment {
    const steps = this.#raw.filter((step) => this.#frame.names.has(step.id) && isInLoop(step));
    if (steps.length === 0) return from;
    const known = this.#within.get(from) ?? new Map<string, Environment>();
    this.#within.set(from, known);
    const key = [...around].join();
    let environment = known.get(key);
    if (environment === undefined) {
      environment = from.clone();
      for (const step of steps) {
        const name = this.#frame.names.get(step.id) ?? step.id;
        environment.registerVariable(name, celType(this.#seenFrom(step, around)));
      }
      known.set(key, environment);
    }
    return environment;
  }

  #seenFrom(step: RawStep, around: ReadonlySet<string>): Shape {
    const { whole, single } = this.step(step.id);
    const isLeft = step.groups.some(({ id, node }) => node.entries.has('loop') && !around.has(id));
    return isLeft || step.node.entries.has('loop') ? whole : single;
  }

  #variable(name: string, shape: Shape): void {
    this.#base.set(name, shape);
    this.#environment.registerVariable(name, celType(shape));
  }

  #findingsShape(): Shape {
    const object = this.table.object('findings');
    return object === undefined ? { kind: 'unknown' } : { kind: 'object', object };
  }

  #deriveFindings(findings: ReadonlyMap<string, FindingType>): {
    readonly environment: Environment;
    readonly shape: Shape;
  } {
    const environment = this.#environment.clone();
    const fields = new Map<string, Shape>();
    for (const [name, { items }] of findings) {
      const object = defineObject(
        `finding.${name}`,
        new Map<string, Shape>([
          ['present', { kind: 'bool' }],
          ['summary', STRING],
          ...(items === undefined ? [] : [['items', items] as const]),
        ]),
      );
      registerObject(environment, object);
      this.table.adopt(object);
      fields.set(name, { kind: 'object', object });
    }
    const object = defineObject('findings', fields);
    registerObject(environment, object);
    this.table.adopt(object);
    environment.registerVariable('findings', object.name);
    return { environment, shape: { kind: 'object', object } };
  }
}

const NOWHERE: ReadonlySet<string> = new Set();

function extraVariables({ item, result, first }: Extras): readonly (readonly [string, Shape])[] {
  return [
    ...(item === undefined ? [] : [['item', item] as const, ['index', INT] as const]),
    ...(result === undefined ? [] : [['result', result] as const]),
    ...(result === undefined || first !== true ? [] : [['first', result] as const]),
  ];
}

/** Types of items that were made for one literal list are registered where they are used. */
function registerMissing(environment: Environment, table: ShapeTable, shape: Shape): void {
  if (shape.kind === 'list' || shape.kind === 'map') return registerMissing(environment, table, shape.of);
  if (shape.kind !== 'object' || !table.isAdopted(shape.object) || shape.object.name.startsWith('finding')) return;
  for (const field of shape.object.fields.values()) registerMissing(environment, table, field);
  registerObject(environment, shape.object);
}
