import { SecretName } from '../../model/scalar-literal.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { Secret } from '../../util/secret.ts';
import { VaultedSecret } from '../vaulted-secret.ts';
import { readPythonLiteral } from './python-literal.ts';

/** The value of a variable as it is written; undefined: there is none. */
export type LookUp = (name: string) => { readonly value: unknown } | undefined;

const hasTemplate = (value: unknown): value is string => typeof value === 'string' && /\{[{%]/.test(value);

function unsafeText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const text = (value as Readonly<Record<string, unknown>>)['__ansible_unsafe'];
  return typeof text === 'string' ? text : undefined;
}

/**
 * Fills the names of variables into the texts of a value: `{{ name }}`, `{{ name | default('x') }}`, alone or within other text, and in
 * turn in what they stand for; not into a text that is marked as none, by `!unsafe`. Nothing else of Jinja is evaluated. A text that
 * is one name keeps that value's type. The error is a clause.
 */
export function fillValue(value: unknown, lookUp: LookUp, path: readonly string[] = []): Result<unknown, string> {
  if (hasTemplate(value)) return fill(value, lookUp, path);
  const unsafe = unsafeText(value);
  if (unsafe !== undefined) return ok(unsafe);
  if (typeof value !== 'object' || value === null || value instanceof Secret || value instanceof SecretName)
    return ok(value);
  const keys = Object.keys(value);
  const filled = Object.values(value).map((item) => fillValue(item, lookUp, path));
  const wrong = filled.find((item) => !item.ok);
  if (wrong !== undefined) return wrong;
  const items = filled.map((item) => (item.ok ? item.value : undefined));
  return ok(Array.isArray(value) ? items : Object.fromEntries(keys.map((key, index) => [key, items[index]])));
}

const PART = /\{\{(.*?)\}\}/gs;
const NAME = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\|\s*(?:default|d)\s*\(\s*([^(){}|]*?)\s*\)\s*)?$/;

function fill(text: string, lookUp: LookUp, path: readonly string[]): Result<unknown, string> {
  if (/\{[%#]/.test(text)) return err('holds a statement of Jinja, which is not evaluated here');
  const parts: unknown[] = [];
  let at = 0;
  for (const match of text.matchAll(PART)) {
    if (match.index > at) parts.push(text.slice(at, match.index));
    const value = evaluate(match[1] ?? '', lookUp, path);
    if (!value.ok) return value;
    parts.push(value.value);
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts.length === 1 ? ok(parts[0]) : join(parts);
}

function evaluate(expression: string, lookUp: LookUp, path: readonly string[]): Result<unknown, string> {
  const [, name, otherwise] = NAME.exec(expression) ?? [];
  if (name === undefined)
    return err(`holds an expression of Jinja, which is not evaluated here: ${cut(expression.trim())}`);
  if (path.includes(name)) return err(`leads in a circle: ${[...path, name].join(' → ')}`);
  const found = lookUp(name);
  if (found !== undefined) return fillValue(found.value, lookUp, [...path, name]);
  if (otherwise === undefined) return err(`names ${name}, a variable that this host does not have`);
  const literal = readPythonLiteral(otherwise);
  return literal === undefined
    ? err(`holds an expression of Jinja, which is not evaluated here: ${cut(expression.trim())}`)
    : ok(literal.value);
}

/** As Python writes values into a text. With a secret in it, all of it is one. */
function join(parts: readonly unknown[]): Result<unknown, string> {
  const texts: (string | Secret)[] = [];
  for (const part of parts) {
    if (part instanceof Secret || typeof part === 'string') texts.push(part);
    else if (typeof part === 'boolean') texts.push(part ? 'True' : 'False');
    else if (part === null || typeof part === 'number') texts.push(part === null ? '' : String(part));
    else return err('puts a list or a map into a text');
  }
  const vaulted = texts.filter((text) => text instanceof VaultedSecret);
  const whole = (): string => texts.map((text) => (text instanceof Secret ? text.reveal() : text)).join('');
  const [first] = vaulted;
  if (first !== undefined && !vaulted.every(({ isOpen }) => isOpen)) return ok(first.with(vaulted, whole));
  return ok(texts.some((text) => text instanceof Secret) ? new Secret(whole()) : whole());
}

const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
