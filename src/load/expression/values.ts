import { Duration } from '@marcbachmann/cel-js/evaluator';
import { formatDuration, parseSignedDuration } from '../../util/duration.ts';
import type { Json } from '../../util/json.ts';
import { Secret } from '../../util/secret.ts';
import type { StepResult } from '../../model/result.ts';
import { CelObject, type ObjectShape, type Shape } from './shape.ts';

/** A value does not have its declared type. It reaches nobody: evaluation turns it into an evaluation error. */
export class ConversionError extends Error {}

/** From the encoding of model/type.ts to what the library computes with: ints are BigInt, times Date, objects have their class. */
export function toCel(shape: Shape, json: unknown): unknown {
  switch (shape.kind) {
    case 'string':
    case 'bool':
      if (typeof json === (shape.kind === 'string' ? 'string' : 'boolean')) return json;
      break;
    case 'int':
      if (Number.isSafeInteger(json)) return BigInt(json as number);
      break;
    case 'double':
      if (typeof json === 'number' && Number.isFinite(json)) return json;
      break;
    case 'duration': {
      const parsed = typeof json === 'string' ? parseSignedDuration(json) : undefined;
      if (parsed?.ok === true) return Duration.fromMilliseconds(parsed.value);
      break;
    }
    case 'timestamp': {
      const date = typeof json === 'string' ? new Date(json) : undefined;
      if (date !== undefined && !Number.isNaN(date.getTime())) return date;
      break;
    }
    case 'secret':
      if (json instanceof Secret) return json;
      break;
    case 'list':
      if (Array.isArray(json)) return json.map((item) => toCel(shape.of, item));
      break;
    case 'map':
      if (isObject(json)) return new Map(Object.entries(json).map(([key, item]) => [key, toCel(shape.of, item)]));
      break;
    case 'object':
      if (isObject(json)) return toCelObject(shape.object, json);
      break;
    case 'unknown':
      break;
  }
  throw new ConversionError(`expected ${shape.kind}`);
}

/** Fields that the JSON lacks are absent: reading them is an evaluation error. */
export function toCelObject(object: ObjectShape, json: Readonly<Record<string, unknown>>): CelObject {
  const made = new object.construct(json as Json);
  for (const [name, shape] of object.fields) {
    if (!Object.hasOwn(json, name)) continue;
    Object.defineProperty(made, name, { value: toCel(shape, json[name]), enumerable: true });
  }
  return made;
}

/** Back to plain JSON; secrets stay `Secret`. An int that a JSON number cannot hold exactly is an error. */
export function fromCel(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value instanceof Secret) return value;
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw new ConversionError(`${value} is larger than a number can be exactly (2^53)`);
  }
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new ConversionError('the result is not a finite number');
  }
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  if (value instanceof Duration) return formatDuration(value.valueOf());
  if (value instanceof CelObject) return CelObject.jsonOf(value);
  if (Array.isArray(value)) return value.map(fromCel);
  const entries = value instanceof Map ? [...value] : isObject(value) ? Object.entries(value) : undefined;
  if (entries === undefined) throw new ConversionError('the result has no form in JSON');
  return Object.fromEntries(entries.map(([key, item]) => [String(key), fromCel(item)]));
}

/** The text form of a scalar: language.md, section 2. Undefined for anything else. */
export function textForm(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'number':
      return Number.isFinite(value) ? String(Number(value.toFixed(2)) + 0) : String(value);
    default:
      if (value instanceof Date) return `${value.toISOString().slice(0, -5)}Z`;
      return value instanceof Duration ? formatDuration(value.valueOf()) : undefined;
  }
}

/** A step's result as one object: `status`, `error`, and the output's fields or `results`. */
export function flattenResult(result: StepResult): Readonly<Record<string, Json>> {
  const { status, error, output, results } = result;
  if (results !== undefined) return { status, error, results: results.map(flattenResult) };
  return { status, error, ...output };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}
