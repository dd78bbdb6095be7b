import { describeValue, readDuration, readString } from '../../model/scalar-literal.ts';
import type { Field, Type } from '../../model/type.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { Secret } from '../../util/secret.ts';
import { shapeInWords, type Shape } from '../expression/shape.ts';

/** Why an expression of this shape cannot give a value of this type; undefined when it can. */
export function misfit(shape: Shape, type: Type): string | undefined {
  if (shape.kind === 'unknown') return undefined;
  switch (type.kind) {
    case 'string':
    case 'int':
    case 'bool':
    case 'duration':
    case 'timestamp':
      return shape.kind === type.kind ? undefined : wanted(`a ${type.kind}`, shape);
    case 'size':
      return shape.kind === 'int' ? undefined : wanted('a number of bytes, an int,', shape);
    case 'double':
    case 'percent':
      return shape.kind === 'int' || shape.kind === 'double' ? undefined : wanted('a number', shape);
    case 'since':
      return shape.kind === 'duration' || shape.kind === 'timestamp'
        ? undefined
        : wanted('a duration or a timestamp', shape);
    case 'secret':
      return shape.kind === 'secret' || shape.kind === 'string' ? undefined : wanted('a secret', shape);
    case 'list': {
      if (shape.kind !== 'list') return wanted('a list', shape);
      const inner = misfit(shape.of, type.of);
      return inner === undefined ? undefined : `in the list: ${inner}`;
    }
    case 'map':
      if (shape.kind !== 'map') return wanted('a map', shape);
      return type.of.kind === 'string' && isScalar(shape.of) ? undefined : misfit(shape.of, type.of);
    case 'object':
      if (shape.kind !== 'object') return wanted('an object', shape);
      return fieldMisfit(shape.object.fields, Object.entries(type.fields));
    case 'patterns':
    case 'pattern':
    case 'shell-text':
    case 'source-file':
    case 'template-file':
    case 'by-pattern':
      return 'this must be written out, it cannot be computed';
  }
}

function wanted(what: string, shape: Shape): string {
  return `expected ${what}, but this is ${shapeInWords(shape)}`;
}

function fieldMisfit(
  fields: ReadonlyMap<string, Shape>,
  required: readonly (readonly [string, Field])[],
): string | undefined {
  for (const [name, field] of required) {
    const shape = fields.get(name);
    if (shape === undefined && field.optional === true) continue;
    if (shape === undefined) return `the object has no field ${name}`;
    const inner = misfit(shape, field.type);
    if (inner !== undefined) return `field ${name}: ${inner}`;
  }
  return undefined;
}

function isScalar(shape: Shape): boolean {
  return shape.kind !== 'list' && shape.kind !== 'map' && shape.kind !== 'object' && shape.kind !== 'secret';
}

/** A computed value as the type's own: what its type could not say before (ranges, choices, patterns) is checked now. */
export function coerce(type: Type, value: unknown): Result<unknown, string> {
  switch (type.kind) {
    case 'string':
      return coerceString(type, value);
    case 'int':
    case 'double':
      return coerceNumber(type, value);
    case 'size':
      return typeof value === 'number' && value >= 0
        ? ok(value)
        : err(`expected at least 0 bytes, found ${describeValue(value)}`);
    case 'percent':
      return typeof value === 'number' && value >= 0 && value <= 100
        ? ok(value)
        : err(`expected 0 to 100 percent, found ${describeValue(value)}`);
    case 'duration':
      return readDuration(value);
    case 'secret':
      return ok(typeof value === 'string' ? new Secret(value) : value);
    case 'list': {
      if (!Array.isArray(value)) return err(`expected a list, found ${describeValue(value)}`);
      if (type.nonempty === true && value.length === 0) return err('expected at least one item, found an empty list');
      return coerceAll(
        value.map((item, index) => [`item ${index + 1}`, coerce(type.of, item)] as const),
        (items) => items,
      );
    }
    case 'map': {
      const texts = type.of.kind === 'string';
      const entries = Object.entries(isRecord(value) ? value : {});
      return coerceAll(
        entries.map(
          ([key, item]) => [key, texts && typeof item !== 'string' ? ok(String(item)) : coerce(type.of, item)] as const,
        ),
        (items) => Object.fromEntries(items.map((item, index) => [entries[index]?.[0] ?? '', item])),
      );
    }
    case 'object': {
      if (!isRecord(value)) return err(`expected an object, found ${describeValue(value)}`);
      const names = Object.keys(type.fields).filter((name) => Object.hasOwn(value, name));
      const missing = Object.entries(type.fields).find(
        ([name, field]) => field.optional !== true && !names.includes(name),
      );
      if (missing !== undefined) return err(`${missing[0]} is missing`);
      return coerceAll(
        names.map((name) => [name, coerce(type.fields[name]?.type ?? { kind: 'string' }, value[name])] as const),
        (items) => Object.fromEntries(items.map((item, index) => [names[index] ?? '', item])),
      );
    }
    default:
      return ok(value);
  }
}

function coerceString(type: Type & { readonly kind: 'string' }, value: unknown): Result<unknown, string> {
  return typeof value === 'string' ? readString(type, value) : err(`expected text, found ${describeValue(value)}`);
}

function coerceNumber(type: Type & { readonly kind: 'int' | 'double' }, value: unknown): Result<unknown, string> {
  if (typeof value !== 'number') return err(`expected a number, found ${describeValue(value)}`);
  if (type.minimum !== undefined && value < type.minimum)
    return err(`expected at least ${type.minimum}, found ${value}`);
  if (type.maximum !== undefined && value > type.maximum)
    return err(`expected at most ${type.maximum}, found ${value}`);
  return ok(value);
}

function coerceAll(
  results: readonly (readonly [string, Result<unknown, string>])[],
  make: (items: readonly unknown[]) => unknown,
): Result<unknown, string> {
  const items: unknown[] = [];
  for (const [name, result] of results) {
    if (!result.ok) return err(`${name}: ${result.error}`);
    items.push(result.value);
  }
  return ok(make(items));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
