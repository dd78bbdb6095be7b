import { SecretName } from '../../model/scalar-literal.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { Secret } from '../../util/secret.ts';
import { shorten } from '../../util/shorten.ts';
import { joinText } from './template/filled-text.ts';
import { readJinjaName, type Member } from './template/jinja-name.ts';
import { readPythonLiteral } from './sources/python-literal.ts';

/** The value of a variable as it is written; undefined: there is none. */
export type LookUp = (name: string) => { readonly value: unknown } | undefined;

const hasTemplate = (value: unknown): value is string => typeof value === 'string' && /\{[{%]/.test(value);

function unsafeText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const text = (value as Readonly<Record<string, unknown>>)['__ansible_unsafe'];
  return typeof text === 'string' ? text : undefined;
}

/**
 * Fills the names of variables into the texts of a value: `{{ name }}`, `{{ name.key[0] }}`, `{{ name | default('x') }}`, alone or
 * within other text, and in turn in what they stand for; not into a text that is marked as none, by `!unsafe`. Nothing else of Jinja
 * is evaluated. A text that is one name keeps that value's type. The error is a clause.
 */
export function fillValue(value: unknown, lookUp: LookUp): Result<unknown, string> {
  return new Filling(lookUp).value(value, []);
}

/** What is put together for one value. A name costs something, too: variables may each name the next one twice, without any text. */
const MOST_CHARACTERS = 1024 * 1024;
const COST_OF_A_NAME = 100;
const MOST_LEVELS = 100;

class Filling {
  readonly #lookUp: LookUp;
  #left = MOST_CHARACTERS;

  constructor(lookUp: LookUp) {
    this.#lookUp = lookUp;
  }

  /** `path`: the variables that led here. */
  value(value: unknown, path: readonly string[]): Result<unknown, string> {
    if (hasTemplate(value)) return this.#text(value, path);
    const unsafe = unsafeText(value);
    if (unsafe !== undefined) return ok(unsafe);
    if (typeof value !== 'object' || value === null || value instanceof Secret || value instanceof SecretName)
      return ok(value);
    const keys = Object.keys(value);
    const items: unknown[] = [];
    for (const item of Object.values(value)) {
      const filled = this.#spend(1) ? this.value(item, path) : TOO_LARGE;
      if (!filled.ok) return filled;
      items.push(filled.value);
    }
    return ok(Array.isArray(value) ? items : Object.fromEntries(keys.map((key, index) => [key, items[index]])));
  }

  #text(text: string, path: readonly string[]): Result<unknown, string> {
    if (/\{[%#]/.test(text)) return err('holds a statement of Jinja, which is not evaluated here');
    const parts: unknown[] = [];
    let at = 0;
    for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', at)) {
      const close = text.indexOf('}}', open + 2);
      if (close < 0) break;
      if (open > at) parts.push(text.slice(at, open));
      const value = this.#expression(text.slice(open + 2, close).trim(), path);
      if (!value.ok) return value;
      parts.push(value.value);
      at = close + 2;
    }
    if (at < text.length) parts.push(text.slice(at));
    if (parts.length === 1) return ok(parts[0]);
    const length = parts.reduce((sum: number, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
    return this.#spend(length) ? joinText(parts) : TOO_LARGE;
  }

  #expression(expression: string, path: readonly string[]): Result<unknown, string> {
    const read = readJinjaName(expression);
    if (read === undefined) return notEvaluated(expression);
    const { name, members, otherwise } = read;
    const whole = members.length === 0 ? name : `${name}${JSON.stringify(members)}`;
    if (path.includes(whole)) return err(`leads in a circle: ${[...path, whole].map(nameOf).join(' → ')}`);
    if (path.length >= MOST_LEVELS || !this.#spend(COST_OF_A_NAME)) return TOO_LARGE;
    const way = [...path, whole];
    const found = this.#within(this.#lookUp(name), members, way);
    if (found === undefined) return notEvaluated(expression);
    if (!found.ok) return found;
    if (found.value !== undefined) return this.value(found.value.value, way);
    if (otherwise === undefined) return err(`names ${nameOf(expression)}, a variable that this host does not have`);
    const literal = readPythonLiteral(otherwise);
    if (literal !== undefined) return ok(literal.value);
    return readJinjaName(otherwise) === undefined ? notEvaluated(expression) : this.#expression(otherwise, way);
  }

  /** What a value has under these members, one in another. Undefined: the value is none that has members. */
  #within(
    found: Found,
    [member, ...others]: readonly Member[],
    path: readonly string[],
  ): Result<Found, string> | undefined {
    if (found === undefined || member === undefined) return ok(found);
    const container = typeof found.value === 'string' ? this.value(found.value, path) : ok(found.value);
    if (!container.ok) return container;
    const key = member.kind === 'name' ? this.#expression(member.name, path) : ok(keyOf(member));
    if (!key.ok) return key;
    const value = valueIn(container.value, key.value);
    return value === undefined ? undefined : this.#within(value.found, others, path);
  }

  /** False: there is no end in sight. */
  #spend(characters: number): boolean {
    this.#left -= characters;
    return this.#left >= 0;
  }
}

type Found = ReturnType<LookUp>;

const keyOf = (member: Exclude<Member, { kind: 'name' }>): string | number =>
  member.kind === 'key' ? member.key : member.index;

/** A list by numbers, a map by texts. Undefined: by nothing. */
function valueIn(container: unknown, key: unknown): { readonly found: Found } | undefined {
  if (
    typeof container !== 'object' ||
    container === null ||
    container instanceof Secret ||
    container instanceof SecretName
  )
    return undefined;
  if (typeof key !== (Array.isArray(container) ? 'number' : 'string')) return undefined;
  const name = String(key);
  return { found: Object.hasOwn(container, name) ? { value: Reflect.get(container, name) as unknown } : undefined };
}

/** For a message. */
const nameOf = (whole: string): string => whole.replace(/[[|{].*$/s, '').trim();

const TOO_LARGE = err('grows too large when the variables that it names are filled in');

const notEvaluated = (expression: string): Result<never, string> =>
  err(`holds an expression of Jinja, which is not evaluated here: ${shorten(expression, 60)}`);
