import type { Json } from './json.ts';
import { MASK, Secret } from './secret.ts';

/** Forms of a shorter value would hit ordinary text. */
const SHORTEST_ENCODED = 4;
const SHORTEST_LINE = 8;

/** Replaces every known secret in text by the mask, in the forms in which programs print values. */
export class Redactor {
  readonly #forms: readonly string[];

  constructor(secrets: Iterable<Secret>) {
    const forms = new Set<string>();
    for (const secret of secrets) for (const form of formsOf(secret.reveal())) forms.add(form);
    // Longest first: a secret that begins another one must not leave the other's rest in clear.
    this.#forms = [...forms].toSorted((a, b) => b.length - a.length);
  }

  text(text: string): string {
    let masked = text;
    for (const form of this.#forms) masked = masked.replaceAll(form, MASK);
    return masked;
  }

  /** All texts in it, names of members included. */
  json<T extends Json>(value: T): T;
  json(value: Json): Json {
    if (value instanceof Secret) return MASK;
    if (this.#forms.length === 0) return value;
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (isArray(value)) return value.map((element) => this.json(element));
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [this.text(name), this.json(member)]));
  }
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function formsOf(value: string): readonly string[] {
  if (value === '') return [];
  const lines = value.split('\n').filter((line) => line.length >= SHORTEST_LINE);
  const plain = [value, value.trimEnd(), ...lines].filter((form) => form !== '');
  if (value.length < SHORTEST_ENCODED) return plain;
  return [...plain, ...plain.flatMap(encodingsOf)];
}

function encodingsOf(value: string): readonly string[] {
  return [
    ...base64Forms(value),
    ...base64Forms(value).map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    ...urlForms(value),
    JSON.stringify(value).slice(1, -1),
    value.replaceAll("'", `'\\''`),
    value.replaceAll("'", `'"'"'`),
    value.replaceAll(/(["$`\\])/g, '\\$1'),
    value.replaceAll(/([^A-Za-z0-9_\-.,:+/@\n])/g, '\\$1'),
    Buffer.from(value).toString('hex'),
  ];
}

function urlForms(value: string): readonly string[] {
  // A lone surrogate has no URL form.
  if (!value.isWellFormed()) return [];
  const encoded = encodeURIComponent(value);
  const strict = encoded.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [encoded, strict];
  return forms.flatMap((form) => [
    form,
    form.replaceAll('%20', '+'),
    form.replaceAll(/%../g, (hex) => hex.toLowerCase()),
  ]);
}

/** Whole, and as it looks inside a longer text such as `user:password`, where it begins at any of three offsets. */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const inside = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + bytes.length) * 8) / 6);
    return encoded.slice(first, last);
  });
  const whole = bytes.toString('base64');
  return [whole, whole.replaceAll('=', ''), ...inside].filter((form) => form.length >= SHORTEST_ENCODED);
}
