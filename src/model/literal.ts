import { compilePattern } from '../util/pattern.ts';
import { err, ok, type Result } from '../util/result.ts';
import { Secret } from '../util/secret.ts';
import { suggest } from '../util/suggest.ts';
import {
  describeValue,
  expected,
  inRange,
  isTimestamp,
  readBool,
  readDuration,
  readInt,
  readPercent,
  readSecret,
  readSince,
  readSize,
  readString,
  SecretName,
} from './scalar-literal.ts';
import type { Fields, ListType, ObjectType, Type } from './type.ts';

/**
 * Reads a value as a YAML or JSON file holds it (`5m`, `10MB`, `25%`, `[a, b]`) as a value of the type, in the encoding that
 * model/type.ts describes. A secret may be a `Secret`, a `SecretName` (kept as it is) or an empty text. The error says what was
 * expected and what was found, and never contains a secret. The content of a file is not read here, and empty.
 */
export function readLiteral(type: Type, value: unknown): Result<unknown, string> {
  switch (type.kind) {
    case 'string':
      return readString(type, value);
    case 'int':
      return readInt(type, value);
    case 'double':
      return typeof value === 'number' && Number.isFinite(value)
        ? inRange(type, value)
        : expected('a number such as 0.5', value);
    case 'bool':
      return readBool(value);
    case 'duration':
      return readDuration(value);
    case 'size':
      return readSize(value);
    case 'percent':
      return readPercent(value);
    case 'timestamp':
      return typeof value === 'string' && isTimestamp(value)
        ? ok(value)
        : expected('a time such as 2026-01-31T08:00:00Z', value);
    case 'since':
      return readSince(value);
    case 'secret':
      return readSecret(value);
    case 'list':
      return readList(type, value);
    case 'object':
      return readObject(type, value);
    case 'map':
      return readMap(type.of, value);
    case 'patterns':
      return readPatterns(value);
    case 'pattern':
      return readPattern(value);
    case 'shell-text':
      return typeof value === 'string' ? ok({ text: value, variables: {} }) : expected('shell text', value);
    case 'source-file':
    case 'template-file':
      return typeof value === 'string' ? ok({ path: value, content: '' }) : expected('the path of a file', value);
    case 'by-pattern':
      return err('this can only be an output');
  }
}

/** Reads what was typed after `--param name=`: as the type says; lists as `a,b` or a JSON array. */
export function readText(type: Type, text: string): Result<unknown, string> {
  switch (type.kind) {
    case 'int':
    case 'double':
      return /^-?\d{1,17}(?:\.\d{1,17})?$/.test(text) ? readLiteral(type, Number(text)) : readLiteral(type, text);
    case 'bool':
      return readLiteral(type, text === 'true' || (text === 'false' ? false : text));
    case 'secret':
      return err(
        'a secret cannot be given on the command line, where every user of this machine can read it; write it as !secret NAME in a params file',
      );
    case 'list':
      return readTextList(type, text);
    case 'object':
    case 'map':
    case 'patterns': {
      const json = parseJson(text);
      return json.ok ? readLiteral(type, json.value) : json;
    }
    default:
      return readLiteral(type, text);
  }
}

function readList({ of, nonempty }: ListType, value: unknown): Result<unknown[], string> {
  if (!Array.isArray(value)) return expected('a list such as [a, b]', value);
  if (nonempty === true && value.length === 0) return err('expected at least one item, found an empty list');
  const items: unknown[] = [];
  for (const [index, item] of value.entries()) {
    const read = readLiteral(of, item);
    if (!read.ok) return err(`item ${index + 1}: ${read.error}`);
    items.push(read.value);
  }
  return ok(items);
}

function readObject(type: ObjectType, value: unknown): Result<Record<string, unknown>, string> {
  if (!isMap(value)) return expected('a map', value);
  return readFields(type.fields, value);
}

function readFields(fields: Fields, value: Readonly<Record<string, unknown>>): Result<Record<string, unknown>, string> {
  const object: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (!Object.hasOwn(value, name)) {
      if (field.optional === true) continue;
      return err(`${name} is missing`);
    }
    const read = readLiteral(field.type, value[name]);
    if (!read.ok) return err(`${name}: ${read.error}`);
    object[name] = read.value;
  }
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(fields, name)) continue;
    const near = suggest(name, Object.keys(fields));
    return err(`unknown field ${describeValue(name)}${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  return ok(object);
}

function readMap(of: Type, value: unknown): Result<Record<string, unknown>, string> {
  if (!isMap(value)) return expected('a map', value);
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    // A map of texts takes any scalar: settings such as `LimitNOFILE: 65536` need no quotes.
    const scalar =
      of.kind === 'string' && (typeof item === 'number' || typeof item === 'boolean') ? String(item) : item;
    const read = readLiteral(of, scalar);
    if (!read.ok) return err(`${key}: ${read.error}`);
    entries.push([key, read.value]);
  }
  return ok(Object.fromEntries(entries));
}

function readPatterns(value: unknown): Result<Record<string, string>, string> {
  if (!isMap(value)) return expected("a map of names to patterns such as { full: 'No space left' }", value);
  const entries: [string, string][] = [];
  for (const [name, source] of Object.entries(value)) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) return expected('a name of lower-case letters, digits and _', name);
    const pattern = readPattern(source);
    if (!pattern.ok) return err(`${name}: ${pattern.error}`);
    entries.push([name, pattern.value]);
  }
  return entries.length === 0 ? err('expected at least one pattern') : ok(Object.fromEntries(entries));
}

function readPattern(source: unknown): Result<string, string> {
  if (typeof source !== 'string') return err(`expected a pattern in single quotes, found ${describeValue(source)}`);
  const pattern = compilePattern(source);
  return pattern.ok ? ok(source) : err(`not an RE2 pattern: ${pattern.error.message}`);
}

function readTextList(type: Type & { readonly kind: 'list' }, text: string): Result<unknown, string> {
  if (text.startsWith('[')) {
    const json = parseJson(text);
    return json.ok ? readLiteral(type, json.value) : json;
  }
  const items: unknown[] = [];
  for (const [index, part] of (text === '' ? [] : text.split(',')).entries()) {
    const read = readText(type.of, part);
    if (!read.ok) return err(`item ${index + 1}: ${read.error}`);
    items.push(read.value);
  }
  return ok(items);
}

function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return err(`expected JSON, found ${describeValue(text)}`);
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof SecretName)
  );
}
