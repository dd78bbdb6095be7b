import { WordFinder, type Range } from './find-words.ts';
import type { Json } from './json.ts';
import { formsOf } from './secret-forms.ts';
import { MASK, Secret } from './secret.ts';

/** Shorter forms are not looked for across line breaks: without these, ordinary text would hold them by chance. */
const SHORTEST_BROKEN = 8;

/**
 * Replaces every known secret in text by the mask, in the forms in which programs print values, broken into lines or not. Where a
 * text was cut in the middle of a secret, what is left of its beginning is masked; of its end it is not.
 */
export class Redactor {
  readonly #forms: WordFinder;
  /** Without white space. */
  readonly #unbroken: WordFinder;

  constructor(secrets: Iterable<Secret>) {
    const values = new Set([...secrets].map((secret) => secret.reveal()));
    const forms = new Set([...values].flatMap(formsOf));
    const unbroken = new Set([...forms].map((form) => form.replaceAll(/[ \t\r\n]/g, '')));
    this.#forms = new WordFinder(forms);
    this.#unbroken = new WordFinder([...unbroken].filter((form) => form.length >= SHORTEST_BROKEN));
  }

  text(text: string): string {
    return this.#forms.isEmpty ? text : mask(text, this.find(text));
  }

  /** All texts in it, names of members included. A list of texts is searched as the lines of one, too. */
  json<T extends Json>(value: T): T;
  json(value: Json): Json {
    if (value instanceof Secret) return MASK;
    if (this.#forms.isEmpty) return value;
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (isTexts(value)) return this.#lines(value);
    if (isArray(value)) return value.map((element) => this.json(element));
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [this.text(name), this.json(member)]));
  }

  #lines(lines: readonly string[]): readonly string[] {
    const across = lines.length > 1 ? this.find(lines.join('\n')) : [];
    let offset = 0;
    return lines.map((line) => {
      const start = offset;
      offset += line.length + 1;
      return mask(line, [...this.find(line), ...within(across, start, start + line.length)]);
    });
  }

  /** Where secrets are; ranges may overlap, and go across the white space that breaks a value into lines. */
  find(text: string): readonly Range[] {
    const ranges = this.#forms.find(text);
    return this.#unbroken.isEmpty ? ranges : [...ranges, ...findBroken(text, this.#unbroken)];
  }
}

/** Words of the finder in the text without its white space, as places in the text with it. */
function findBroken(text: string, finder: WordFinder): readonly Range[] {
  if (!/[ \t\r\n]/.test(text)) return [];
  const places = new Uint32Array(text.length);
  let unbroken = '';
  for (const { 0: part, index } of text.matchAll(/[^ \t\r\n]+/g)) {
    for (let at = 0; at < part.length; at++) places[unbroken.length + at] = index + at;
    unbroken += part;
  }
  return finder
    .find(unbroken)
    .map(({ start, end }) => ({ start: places[start] ?? 0, end: (places[end - 1] ?? 0) + 1 }));
}

/** What of the ranges is in a part of the text, as places in that part. */
function within(ranges: readonly Range[], from: number, to: number): readonly Range[] {
  return ranges
    .filter(({ start, end }) => start < to && end > from)
    .map(({ start, end }) => ({ start: Math.max(start, from) - from, end: Math.min(end, to) - from }));
}

/** One mask for each range, and for those that overlap. */
function mask(text: string, ranges: readonly Range[]): string {
  let masked = '';
  let done = 0;
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    if (start >= done) masked += text.slice(done, start) + MASK;
    done = Math.max(done, end);
  }
  return masked + text.slice(done);
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isTexts(value: Json): value is readonly string[] {
  return isArray(value) && value.every((element) => typeof element === 'string');
}
