import type { Param } from '../../model/runbook.ts';
import type { Environment } from '@marcbachmann/cel-js';
import { createEnvironment } from '../expression/functions.ts';
import { celType, defineObject, registerObject, ShapeTable, type Shape } from '../expression/shape.ts';
import { ValueCache, type HiddenName, type TypedScope } from '../expression/typed-scope.ts';
import type { YamlMap } from '../yaml/node.ts';
import { nodesOf, type RawStep } from './raw-step.ts';

const STRING: Shape = { kind: 'string' };
const INT: Shape = { kind: 'int' };
const HOST: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...['name', 'address', 'user', 'os', 'os_version', 'kernel', 'arch', 'init', 'boot_id'].map(
    (name) => [name, STRING] as const,
  ),
  ...['port', 'cpus', 'memory_bytes'].map((name) => [name, INT] as const),
  ['groups', { kind: 'list', of: STRING }],
  ['boot_time', { kind: 'timestamp' }],
  ['time', { kind: 'timestamp' }],
]);

const HIDDEN: ReadonlyMap<string, HiddenName> = new Map([
  ['item', { message: 'item is known only inside of a loop', hint: 'add loop, or name what you mean' }],
  ['index', { message: 'index is known only inside of a loop', hint: 'add loop, or name what you mean' }],
  [
    'result',
    {
      message: "result, the step's own result, is known only in expect, until and undo",
      hint: 'use expect, or read the step by its id',
    },
  ],
  ['first', { message: 'first is known only in expect of verify', hint: 'use result, or the id of a step' }],
  ['findings', { message: 'findings are not known yet here', hint: 'read the results of the steps instead' }],
]);

/** Built once: a program checks many runbooks with the same functions. */
let language: Environment | undefined;

export interface StepTypes {
  /** What its id means. */
  readonly whole: Shape;
  /** The result of one execution: with a loop, an element of `results`. */
  readonly single: Shape;
}

export interface FindingType {
  readonly items?: Shape;
}

/** What names exist only in some keys, and are said to be elsewhere. */
export interface Extras {
  readonly item?: Shape;
  readonly result?: Shape;
  readonly first?: boolean;
  /** Groups whose loops are around: a step of the same one is seen as it ended for the same item. */
  readonly around?: ReadonlySet<YamlMap>;
}

/** The types of all names of one runbook, and the scopes made from them. */
export class RunbookTypes {
  readonly table: ShapeTable;
  readonly #environment: Environment;
  readonly #values = new ValueCache();
  readonly #base = new Map<string, Shape>();
  readonly #steps = new Map<string, StepTypes>();
  readonly #raw: readonly RawStep[];
  #findings: ReadonlyMap<string, FindingType> = new Map();
  #withFindings: Environment | undefined;
  readonly #within = new WeakMap<Environment, Map<string, Environment>>();

  constructor(params: readonly Param[], brokenParams: ReadonlySet<string>, raw: readonly RawStep[]) {
    language ??= createEnvironment();
    this.#environment = language.clone();
    this.#raw = raw;
    this.table = new ShapeTable(this.#environment);
    const fields = new Map(params.map((param) => [param.name, this.table.shapeOf(param.type, 'params')]));
    for (const name of brokenParams) fields.set(name, { kind: 'unknown' });
    this.#variable('params', this.table.define('params', fields));
    this.#variable('host', this.table.define('host', HOST));
    for (const step of raw) {
      const types = this.#typesOf(step);
      this.#steps.set(step.id, types);
      if (step.named && !isInLoop(step)) this.#environment.registerVariable(step.id, celType(types.whole));
    }
  }

  step(id: string): StepTypes {
    return this.#steps.get(id) ?? { whole: { kind: 'unknown' }, single: { kind: 'unknown' } };
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
    const named = visible.filter((step) => step.named);
    for (const step of named) variables.set(step.id, this.#seenFrom(step, around));
    if (findings !== undefined) variables.set('findings', this.#findingsShape());
    for (const [name, shape] of extraVariables(extras)) {
      registerMissing(environment, this.table, shape);
      environment.registerVariable(name, celType(shape));
      variables.set(name, shape);
    }
    return {
      environment,
      table: this.table,
      variables,
      steps: new Set(named.map((step) => step.id)),
      findings: findings ?? new Map(),
      hidden: this.#hidden(variables, findings ?? new Map()),
      values: this.#values,
    };
  }

  /** Derived once for each group: with hundreds of steps in loops it is what takes the time. */
  #seenWithin(around: ReadonlySet<YamlMap>, from: Environment): Environment {
    const steps = this.#raw.filter((step) => step.named && isInLoop(step));
    if (steps.length === 0) return from;
    const known = this.#within.get(from) ?? new Map<string, Environment>();
    this.#within.set(from, known);
    const key = [...around].map(({ at }) => at.start).join();
    let environment = known.get(key);
    if (environment === undefined) {
      environment = from.clone();
      for (const step of steps) environment.registerVariable(step.id, celType(this.#seenFrom(step, around)));
      known.set(key, environment);
    }
    return environment;
  }

  #seenFrom(step: RawStep, around: ReadonlySet<YamlMap>): Shape {
    const { whole, single } = this.step(step.id);
    return nodesOf(step).some((node) => node.entries.has('loop') && !around.has(node)) ? whole : single;
  }

  #variable(name: string, shape: Shape): void {
    this.#base.set(name, shape);
    this.#environment.registerVariable(name, celType(shape));
  }

  #typesOf(step: RawStep): StepTypes {
    if (step.action === undefined) return { whole: { kind: 'unknown' }, single: { kind: 'unknown' } };
    const name = `step.${step.id.replaceAll(/\W/g, '_')}`;
    const output = this.table.fieldsOf(step.action.action.output, name, patternNames(step));
    const fields = new Map<string, Shape>([...output, ['status', STRING], ['error', STRING]]);
    const looped = nodesOf(step).some((node) => node.entries.has('loop'));
    if (!looped) {
      const whole = this.table.define(name, fields, { step: step.id });
      return { whole, single: whole };
    }
    const single = this.table.define(`${name}.item`, fields, { step: step.id });
    const whole = new Map<string, Shape>([
      ['status', STRING],
      ['error', STRING],
      ['results', { kind: 'list', of: single }],
    ]);
    return { whole: this.table.define(name, whole, { step: step.id }), single };
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

  /** Why a name of the runbook is not known at this place. */
  #hidden(
    variables: ReadonlyMap<string, Shape>,
    findings: ReadonlyMap<string, 'all' | 'items'>,
  ): ReadonlyMap<string, HiddenName> {
    const hidden = new Map(HIDDEN);
    for (const step of this.#raw) {
      if (!step.named) continue;
      const message = `the step ${step.id} (${step.phase}) has not run yet here`;
      hidden.set(step.id, { message, hint: 'a step can be read by what comes after it: move it up, or move this' });
    }
    for (const name of this.#findings.keys()) {
      if (findings.has(name)) continue;
      hidden.set(`findings.${name}`, {
        message: `the finding ${name} is not known yet here`,
        hint: 'a finding can read those before it: change their order',
      });
    }
    for (const name of variables.keys()) hidden.delete(name);
    return hidden;
  }
}

const NOWHERE: ReadonlySet<YamlMap> = new Set();

/** What its id means depends on where it is read. */
function isInLoop({ groups }: RawStep): boolean {
  return groups.some(({ node }) => node.entries.has('loop'));
}

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

/** The names that `by-pattern` outputs have: the keys of the step's `patterns` param. */
function patternNames(step: RawStep): readonly string[] {
  const params = step.action?.entry.value;
  const field = Object.entries(step.action?.action.params ?? {}).find(([, param]) => param.type.kind === 'patterns');
  const patterns = field === undefined || params?.kind !== 'map' ? undefined : params.entries.get(field[0])?.value;
  return patterns?.kind === 'map' ? [...patterns.entries.keys()] : [];
}
