import { parseSignedDuration } from '../util/duration.ts';
import type { Json, JsonObject } from '../util/json.ts';
import { err, ok, type Result } from '../util/result.ts';
import { describeValue, isTimestamp } from './scalar-literal.ts';
import type { Fields, Type } from './type.ts';

/**
 * Does what an action answered fit its declaration, whole and in depth? Every field must be there, none more, nothing null. The
 * value is a copy with the declared fields only; the error names the field: `sets[3].id: expected int, found "x"`. `params` are
 * those the action was given: they name the fields of `by-pattern` outputs.
 */
export function checkOutput(
  fields: Fields,
  json: unknown,
  params: Readonly<Record<string, unknown>>,
): Result<JsonObject, string> {
  return checkFields(fields, json, params, '');
}

type Params = Readonly<Record<string, unknown>>;

function check(type: Type, json: unknown, params: Params, path: string): Result<Json, string> {
  switch (type.kind) {
    case 'string':
      return typeof json === 'string' && (type.enum === undefined || type.enum.includes(json))
        ? ok(json)
        : mismatch(type, json, path);
    case 'int':
    case 'size':
      return typeof json === 'number' && Number.isSafeInteger(json) ? ok(json) : mismatch(type, json, path);
    case 'double':
    case 'percent':
      return typeof json === 'number' && Number.isFinite(json) ? ok(json) : mismatch(type, json, path);
    case 'bool':
      return typeof json === 'boolean' ? ok(json) : mismatch(type, json, path);
    case 'duration':
      return typeof json === 'string' && parseSignedDuration(json).ok ? ok(json) : mismatch(type, json, path);
    case 'timestamp':
      return typeof json === 'string' && isTimestamp(json) ? ok(json) : mismatch(type, json, path);
    case 'list':
      return checkList(type.of, json, params, path);
    case 'object':
      return checkFields(type.fields, json, params, path);
    case 'map':
      return checkMap(type.of, json, params, path);
    case 'by-pattern':
      return checkByPattern(type, json, params, path);
    case 'secret':
    case 'since':
    case 'patterns':
    case 'pattern':
    case 'shell-text':
    case 'source-file':
    case 'template-file':
      return mismatch(type, json, path);
  }
}

function mismatch(type: Type, json: unknown, path: string): Result<never, string> {
  const wanted = type.kind === 'string' && type.enum !== undefined ? `one of ${type.enum.join(', ')}` : type.kind;
  return err(`${path === '' ? '' : `${path}: `}expected ${wanted}, found ${describeValue(json)}`);
}

function checkFields(fields: Fields, json: unknown, params: Params, path: string): Result<JsonObject, string> {
  if (!isJsonObject(json))
    return err(`${path === '' ? '' : `${path}: `}expected an object, found ${describeValue(json)}`);
  const entries: [string, Json][] = [];
  for (const [name, field] of Object.entries(fields)) {
    const at = join(path, name);
    if (!Object.hasOwn(json, name)) return err(`${at} is missing`);
    const value = check(field.type, json[name], params, at);
    if (!value.ok) return value;
    entries.push([name, value.value]);
  }
  const unknown = Object.keys(json).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) return err(`${join(path, unknown)} is not declared`);
  return ok(Object.fromEntries(entries));
}

function checkList(of: Type, json: unknown, params: Params, path: string): Result<Json, string> {
  if (!Array.isArray(json)) return err(`${path}: expected a list, found ${describeValue(json)}`);
  const items: Json[] = [];
  for (const [index, item] of json.entries()) {
    const value = check(of, item, params, `${path}[${index}]`);
    if (!value.ok) return value;
    items.push(value.value);
  }
  return ok(items);
}

function checkMap(of: Type, json: unknown, params: Params, path: string): Result<Json, string> {
  if (!isJsonObject(json)) return err(`${path}: expected a map, found ${describeValue(json)}`);
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(json)) {
    const value = check(of, item, params, join(path, key));
    if (!value.ok) return value;
    entries.push([key, value.value]);
  }
  return ok(Object.fromEntries(entries));
}

function checkByPattern(
  type: Type & { readonly kind: 'by-pattern' },
  json: unknown,
  params: Params,
  path: string,
): Result<Json, string> {
  const patterns = params[type.param];
  const names = isJsonObject(patterns) ? Object.keys(patterns) : [];
  const fields: Fields = Object.fromEntries(names.map((name) => [name, { type: type.of, description: '' }]));
  return checkFields(fields, json, params, path);
}

function isJsonObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
