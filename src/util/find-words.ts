/** From `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A part of a word where the text was cut says enough of it to be counted. */
const SHORTEST_PART = 8;
const KEY_LENGTH = 4;
/** `\\U0001f600`, written in JSON. */
const LONGEST_ESCAPE = 12;
/** Where somebody cut a text: a sign for what is missing, or our line that says how much is. */
const CUT = /\xe2\x80\xa6|\s?\[\.\.\.\s?\d{1,15}\s?bytes\s?not\s?kept\s?\.\.\.\]\s?/g;
const MAY_BE_CUT = /\xe2\x80\xa6|\[\.\.\./;
/** What a cut in the middle of a character leaves of it. */
const HALF = '\xef\xbf\xbd';

/** Finds many words in one pass over a text: the time grows with the text, hardly with the number of words. */
export class WordFinder {
  readonly #single = new Uint8Array(256);
  /** By their first four bytes, those of less by what they have. */
  readonly #words = new Map<number, string[]>();
  /** Which pairs of bytes may begin a word. */
  readonly #starts = new Uint8Array(65_536);
  readonly #ends: WordEnds;
  readonly #longest: number;

  /** Each character of a word is a byte. None is empty. */
  constructor(words: Iterable<string>) {
    const all = [...new Set(words)];
    for (const word of all) {
      if (word.length === 1) this.#single[word.charCodeAt(0)] = 1;
      else this.#starts[pairOf(word.charCodeAt(0), word.charCodeAt(1))] = 1;
      const key = keyOf(word, 0, Math.min(word.length, KEY_LENGTH));
      const alike = this.#words.get(key);
      if (alike === undefined) this.#words.set(key, [word]);
      else alike.push(word);
    }
    this.#ends = new WordEnds(all);
    this.#longest = all.reduce((longest, { length }) => Math.max(longest, length), 0);
  }

  get isEmpty(): boolean {
    return this.#longest === 0;
  }

  /**
   * Every place that a word covers, in order, those that overlap made one. At both ends of the text, and where it says that something
   * is missing, a part of a word is enough; `loose`: also where a few bytes are between, as half of an escape that was cut.
   */
  find(bytes: Buffer, loose = false): readonly Range[] {
    const slack = loose ? LONGEST_ESCAPE : 0;
    const ranges: Range[] = [];
    const text = bytes.toString('latin1');
    for (let at = 0; at < bytes.length; at++) {
      if (this.#single[bytes[at] ?? 0] === 1) ranges.push({ start: at, end: at + 1 });
      if (this.#starts[pairOf(bytes[at] ?? 0, bytes[at + 1] ?? 0)] === 0) continue;
      const length = this.#longestAt(text, at);
      if (length > 0) ranges.push({ start: at, end: at + length });
    }
    let start = 0;
    for (const { 0: sign, index } of MAY_BE_CUT.test(text) ? text.matchAll(CUT) : []) {
      this.#findParts(text, start, index, slack, ranges);
      start = index + sign.length;
    }
    this.#findParts(text, start, text.length, slack, ranges);
    return ranges.length > 1 ? joined(ranges) : ranges;
  }

  #longestAt(text: string, at: number): number {
    let longest = 0;
    for (let length = Math.min(KEY_LENGTH, text.length - at); length > 1; length--) {
      for (const word of this.#words.get(keyOf(text, at, length)) ?? []) {
        if (word.length > longest && text.startsWith(word, at)) longest = word.length;
      }
    }
    return longest;
  }

  /** The end of a word right after `from`, and the beginning of one right before `to`. */
  #findParts(text: string, from: number, to: number, slack: number, ranges: Range[]): void {
    while (text.startsWith(HALF, from)) from += HALF.length;
    while (to > from && text.endsWith(HALF, to)) to -= HALF.length;
    for (let start = from; start <= from + slack && to - start >= SHORTEST_PART; start++) {
      const ended = this.#ends.longestAt(text, start, to);
      if (ended > 0) ranges.push({ start, end: start + ended });
    }
    for (let at = Math.max(from, to - this.#longest - slack); at <= to - SHORTEST_PART; at++) {
      if (this.#starts[pairOf(text.charCodeAt(at), text.charCodeAt(at + 1))] === 0) continue;
      const alike = this.#words.get(keyOf(text, at, KEY_LENGTH)) ?? [];
      const least = Math.max(SHORTEST_PART, to - slack - at);
      const begun = alike.find((word) => word.length > least && text.startsWith(word.slice(0, least), at));
      if (begun === undefined) continue;
      let end = at + least;
      while (end < to && text[end] === begun[end - at]) end += 1;
      ranges.push({ start: at, end });
      return;
    }
  }
}

/** Finds the longest end of any word that a text begins with, without a look at each word. */
class WordEnds {
  readonly #all: string;
  /** Where an end may begin, in the order of what it begins with. Made when first asked for. */
  #sorted: Float64Array | undefined;

  constructor(words: readonly string[]) {
    this.#all = words.map((word) => `${word}${END}`).join('');
  }

  longestAt(text: string, from: number, to: number): number {
    const sorted = (this.#sorted ??= this.#sort());
    const key = keyOf(text, from, SHORTEST_PART);
    let longest = 0;
    for (let index = firstNotBelow(sorted, key * SPAN); index < sorted.length; index++) {
      const entry = sorted[index] ?? 0;
      if (Math.floor(entry / SPAN) !== key) break;
      const at = entry % SPAN;
      const length = this.#all.indexOf(END, at) - at;
      if (length > longest && length <= to - from && this.#all.startsWith(text.slice(from, from + length), at)) {
        longest = length;
      }
    }
    return longest;
  }

  #sort(): Float64Array {
    const entries: number[] = [];
    let end = this.#all.indexOf(END);
    for (let at = 0; at < this.#all.length; at++) {
      if (at > end) end = this.#all.indexOf(END, at);
      if (end - at >= SHORTEST_PART && at < SPAN) entries.push(keyOf(this.#all, at, SHORTEST_PART) * SPAN + at);
    }
    return Float64Array.from(entries).toSorted();
  }
}

/** No secret has it. */
const END = '\0';
/** A key and a place together are exact as a number. */
const SPAN = 2 ** 25;
const KEYS = 2 ** 28;

function keyOf(text: string, at: number, length: number): number {
  let key = length;
  for (let index = at; index < at + length; index++) key = (Math.imul(key, 31) + text.charCodeAt(index)) >>> 0;
  return key % KEYS;
}

function firstNotBelow(sorted: Float64Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((sorted[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** In order, those that overlap made one. */
function joined(ranges: readonly Range[]): readonly Range[] {
  const apart: Range[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = apart.at(-1);
    if (last !== undefined && start < last.end) apart[apart.length - 1] = { ...last, end: Math.max(end, last.end) };
    else apart.push({ start, end });
  }
  return apart;
}

const pairOf = (first: number, second: number): number => (first << 8) | second;
