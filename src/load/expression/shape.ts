import type { Environment } from '@marcbachmann/cel-js';
import type { Json } from '../../util/json.ts';
import { Secret } from '../../util/secret.ts';
import type { Fields, Type } from '../../model/type.ts';

/** The type of a value inside expressions. `unknown`: what it comes from was reported as wrong; nothing more is said about it. */
export type Shape =
  | { readonly kind: ScalarKind | 'secret' | 'unknown' }
  | { readonly kind: 'list' | 'map'; readonly of: Shape }
  | { readonly kind: 'object'; readonly object: ObjectShape };

export type ScalarKind = 'string' | 'int' | 'double' | 'bool' | 'duration' | 'timestamp';

export interface ObjectShape {
  /** Of the type in CEL; unique in the runbook. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Shape>;
  readonly construct: new (json: Json) => CelObject;
  /** The field that says which thing an element of a list is. */
  readonly key?: string;
  /** The step whose result this is: it may lack fields. */
  readonly step?: string;
}

/** An object as expressions see it: its converted fields are properties; the JSON it was made from is kept for the way out. */
export class CelObject {
  readonly #json: Json;

  constructor(json: Json) {
    this.#json = json;
  }

  static jsonOf(object: CelObject): Json {
    return object.#json;
  }
}

export const CEL_DURATION = 'google.protobuf.Duration';
export const CEL_TIMESTAMP = 'google.protobuf.Timestamp';

/** The object types of one runbook: each has a class of its own, without which the library would not index lists of them. */
export class ShapeTable {
  readonly #objects = new Map<string, ObjectShape>();
  readonly #adopted = new Set<ObjectShape>();
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
    environment.registerType('Secret', { ctor: Secret, fields: {} });
  }

  object(name: string): ObjectShape | undefined {
    return this.#objects.get(name);
  }

  /** A type that is registered in a derived environment only; the last of its name counts. */
  adopt(object: ObjectShape): void {
    this.#objects.set(object.name, object);
    this.#adopted.add(object);
  }

  isAdopted(object: ObjectShape): boolean {
    return this.#adopted.has(object);
  }

  /** Types are registered before any environment is derived from this one. */
  define(
    wanted: string,
    fields: ReadonlyMap<string, Shape>,
    more: { readonly key?: string; readonly step?: string } = {},
  ): Shape {
    const object = defineObject(this.#freeName(wanted, fields), fields, more);
    const known = this.#objects.get(object.name);
    if (known !== undefined) return { kind: 'object', object: known };
    registerObject(this.#environment, object);
    this.#objects.set(object.name, object);
    return { kind: 'object', object };
  }

  /** A type of another table, as one of this. */
  take(shape: Shape): Shape {
    if (shape.kind === 'list' || shape.kind === 'map') return { kind: shape.kind, of: this.take(shape.of) };
    if (shape.kind !== 'object') return shape;
    const { name, fields, key, step } = shape.object;
    const own = new Map([...fields].map(([field, each]) => [field, this.take(each)]));
    return this.define(name, own, { ...(key !== undefined && { key }), ...(step !== undefined && { step }) });
  }

  /** The same name with the same fields is the same type. */
  #freeName(wanted: string, fields: ReadonlyMap<string, Shape>): string {
    const base = wanted.length < 2 ? `${wanted}_type` : wanted;
    for (let count = 1; ; count++) {
      const name = count === 1 ? base : `${base}_${count}`;
      const known = this.#objects.get(name);
      if (known === undefined || describe(known.fields) === describe(fields)) return name;
    }
  }

  /** `patterns`: the names that the `by-pattern` fields of this step have. */
  shapeOf(type: Type, owner: string, patterns: readonly string[] = []): Shape {
    switch (type.kind) {
      case 'string':
      case 'int':
      case 'double':
      case 'bool':
      case 'duration':
      case 'timestamp':
      case 'secret':
        return { kind: type.kind };
      case 'size':
        return { kind: 'int' };
      case 'percent':
        return { kind: 'double' };
      case 'list':
      case 'map':
        return { kind: type.kind, of: this.shapeOf(type.of, owner, patterns) };
      case 'object':
        return this.define(
          type.name,
          this.fieldsOf(type.fields, owner, patterns),
          type.key === undefined ? {} : { key: type.key },
        );
      case 'by-pattern': {
        const of = this.shapeOf(type.of, owner, patterns);
        return this.define(`${owner}.${type.param}.${of.kind}`, new Map(patterns.map((name) => [name, of])));
      }
      case 'since':
      case 'patterns':
      case 'pattern':
      case 'shell-text':
      case 'source-file':
      case 'template-file':
        return { kind: 'unknown' };
    }
  }

  fieldsOf(fields: Fields, owner: string, patterns: readonly string[] = []): Map<string, Shape> {
    return new Map(Object.entries(fields).map(([name, field]) => [name, this.shapeOf(field.type, owner, patterns)]));
  }
}

export function defineObject(
  name: string,
  fields: ReadonlyMap<string, Shape>,
  more: { readonly key?: string; readonly step?: string } = {},
): ObjectShape {
  return { name, fields, construct: class extends CelObject {}, ...more };
}

export function registerObject(environment: Environment, object: ObjectShape): void {
  const fields = Object.fromEntries([...object.fields].map(([field, shape]) => [field, celType(shape)]));
  environment.registerType(object.name, { ctor: object.construct, fields });
}

/** How the library spells the type. */
export function celType(shape: Shape): string {
  switch (shape.kind) {
    case 'string':
    case 'int':
    case 'double':
    case 'bool':
      return shape.kind;
    case 'duration':
      return CEL_DURATION;
    case 'timestamp':
      return CEL_TIMESTAMP;
    case 'secret':
      return 'Secret';
    case 'unknown':
      return 'dyn';
    case 'list':
      return `list<${celType(shape.of)}>`;
    case 'map':
      return `map<string, ${celType(shape.of)}>`;
    case 'object':
      return shape.object.name;
  }
}

export function hasUnknown(shape: Shape): boolean {
  switch (shape.kind) {
    case 'list':
    case 'map':
      return hasUnknown(shape.of);
    case 'object':
      return [...shape.object.fields.values()].some(hasUnknown);
    default:
      return shape.kind === 'unknown';
  }
}

/** In a message: `list of int`, `object`. */
export function shapeInWords(shape: Shape): string {
  switch (shape.kind) {
    case 'list':
      return shape.of.kind === 'unknown' ? 'a list' : `a list of ${shape.of.kind}`;
    case 'map':
      return `a map of ${shape.of.kind}`;
    case 'int':
    case 'object':
      return `an ${shape.kind}`;
    case 'unknown':
      return 'something unknown';
    default:
      return `a ${shape.kind}`;
  }
}

function describe(fields: ReadonlyMap<string, Shape>): string {
  return [...fields].map(([name, shape]) => `${name}: ${celType(shape)}`).join(', ');
}
