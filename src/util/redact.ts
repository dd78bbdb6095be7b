import { bareText, bareWord, unbrokenText } from './bare-text.ts';
import { decodedTwice, type Decoded } from './decoded.ts';
import { WordFinder, type Range } from './find-words.ts';
import { hexDigits } from './hex-digits.ts';
import type { Json } from './json.ts';
import { bytesOf, formsOf } from './secret-forms.ts';
import { MASK, Secret } from './secret.ts';
import { undiffed } from './undiff.ts';
import { undumped } from './undump.ts';
import { readBackslashes, readEntities, readPercents, readQuotedPrintable, type Decoder } from './unescape.ts';

/** Shorter forms are not looked for across white space and quotes: without these, ordinary text would hold them by chance. */
const SHORTEST_BARE = 8;

/** Each undoes what one way of writing does to signs. The first ones are undone twice, and one after another. */
const NESTED: readonly Decoder[] = [readBackslashes, readPercents, readEntities];
const MAY_BE_ESCAPED = /[\\%&]/;
const DECODERS: readonly Decoder[] = [...NESTED, readQuotedPrintable, undumped];

/**
 * Replaces every known secret in text by the mask, in the forms in which programs print values, broken into lines or not. Where a
 * text begins or ends, or says that something is missing, 8 characters of a secret are enough.
 */
export class Redactor {
  readonly #words: WordFinder;
  /** Without white space, quotes and backslashes. */
  readonly #bare: WordFinder;
  readonly #hex: WordFinder;
  readonly #numbers: ReadonlySet<number>;

  constructor(secrets: Iterable<Secret>) {
    const values = new Set([...secrets].map((secret) => secret.reveal()));
    const forms = [...values].map(formsOf);
    const words = new Set(forms.flatMap((form) => [...form.words.map(bytesOf), ...form.bytes]));
    this.#words = new WordFinder(words);
    this.#bare = new WordFinder([...words].map(bareWord).filter((word) => word.length >= SHORTEST_BARE));
    this.#hex = new WordFinder(forms.flatMap(({ hex }) => hex));
    this.#numbers = new Set([...values].flatMap(numbersIn));
  }

  text(text: string): string {
    return this.#words.isEmpty ? text : mask(text, this.find(text));
  }

  /** The lines of a text, as many as it has: what is in several of them is masked in each. */
  lines(text: string): readonly string[] {
    const ranges = this.find(text);
    return eachLine(text.split('\n'), (line, start, end) => mask(line, within(ranges, start, end)));
  }

  /**
   * All texts in it, names of members included, and each number that is a secret of at least four digits. A list of texts is searched
   * as the lines of one, too.
   */
  json<T extends Json>(value: T): T;
  json(value: Json): Json {
    if (value instanceof Secret) return MASK;
    if (this.#words.isEmpty) return value;
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.#numbers.has(Math.abs(value)) ? MASK : value;
    if (typeof value !== 'object' || value === null) return value;
    if (isTexts(value)) return this.#lines(value);
    if (isArray(value)) return value.map((element) => this.json(element));
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [this.text(name), this.json(member)]));
  }

  #lines(lines: readonly string[]): readonly string[] {
    const across = lines.length > 1 ? this.find(lines.join('\n')) : [];
    return eachLine(lines, (line, start, end) => mask(line, [...this.find(line), ...within(across, start, end)]));
  }

  /** Where secrets are; ranges may overlap, and go across the white space that breaks a value into lines. */
  find(text: string): readonly Range[] {
    if (this.#words.isEmpty) return [];
    const bytes = Buffer.from(text);
    const ranges = [...this.#findBytes(bytes)];
    const changes = undiffed(bytes);
    if (changes !== undefined) ranges.push(...placed(this.#findBytes(changes.bytes), changes));
    return bytes.length === text.length ? ranges : asCharacters(ranges, text);
  }

  #findBytes(bytes: Buffer): readonly Range[] {
    const found = [this.#words.find(bytes), this.#findBare(bytes), this.#findDigits(bytes)];
    for (const decode of DECODERS) {
      const once = decode(bytes);
      if (once === undefined) continue;
      found.push(placed(this.#words.find(once.bytes, true), once), placed(this.#findBare(once.bytes, true), once));
      if (decode === undumped) found.push(placed(this.#findDigits(once.bytes), once));
    }
    // A break may be in the middle of what one sign is written as.
    for (const once of MAY_BE_ESCAPED.test(bytes.toString('latin1')) ? decodedIn(unbrokenText(bytes)) : []) {
      found.push(placed(this.#findBare(once.bytes, true), once));
      for (const twice of decodedIn(once)) found.push(placed(this.#findBare(twice.bytes, true), twice));
    }
    return found.flat();
  }

  #findBare(bytes: Buffer, loose = false): readonly Range[] {
    if (this.#bare.isEmpty || bytes.length < SHORTEST_BARE) return [];
    const bare = bareText(bytes);
    return placed(this.#bare.find(bare.bytes, loose), bare);
  }

  #findDigits(bytes: Buffer): readonly Range[] {
    const digits = this.#hex.isEmpty ? undefined : hexDigits(bytes);
    return digits === undefined ? [] : placed(this.#hex.find(digits.bytes, true), digits);
  }
}

function* decodedIn(source: Decoded): Generator<Decoded> {
  for (const decode of NESTED) {
    const decoded = decode(source.bytes);
    if (decoded !== undefined) yield decodedTwice(source, decoded);
  }
}

/** What a host printed as digits may have been read as a number, without the zeros before it. */
const numbersIn = (value: string): readonly number[] =>
  value
    .split(/\s+/)
    .filter((word) => /^\d{4,15}$/.test(word))
    .map(Number);

/** What was found in what was read, as places in the text that it was read from. */
function placed(ranges: readonly Range[], { starts, ends }: Decoded): readonly Range[] {
  return ranges.map(({ start, end }) => ({ start: starts[start] ?? 0, end: ends[end - 1] ?? 0 }));
}

/** Places of bytes as places of characters. */
function asCharacters(ranges: readonly Range[], text: string): readonly Range[] {
  if (ranges.length === 0) return ranges;
  const characters = new Map<number, number>();
  const places = [...new Set(ranges.flatMap(({ start, end }) => [start, end]))].toSorted((a, b) => a - b);
  let [at, bytes] = [0, 0];
  for (const place of places) {
    for (; bytes < place && at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const isFirstOfPair = unit >= 0xd800 && unit < 0xdc00 && isLast(text.charCodeAt(at + 1));
      // The second half of a pair has no bytes of its own then.
      if (isFirstOfPair) at += 1;
      bytes += isFirstOfPair ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    }
    characters.set(place, at);
  }
  return ranges.map(({ start, end }) => ({ start: characters.get(start) ?? 0, end: characters.get(end) ?? 0 }));
}

const isLast = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** Each line, given with its place in the text that they are together. */
function eachLine(
  lines: readonly string[],
  made: (line: string, start: number, end: number) => string,
): readonly string[] {
  let next = 0;
  return lines.map((line) => {
    const start = next;
    next += line.length + 1;
    return made(line, start, start + line.length);
  });
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
