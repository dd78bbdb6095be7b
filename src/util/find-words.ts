/** From `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A part that ends where the text was cut says enough of a word to be counted. */
const SHORTEST_PART = 8;
const BUCKETS = 1 << 16;

/** Finds many words in one pass over a text: the time grows with the text, hardly with the number of words. */
export class WordFinder {
  readonly #single = new Set<string>();
  /** By their first two characters. */
  readonly #words = new Map<string, string[]>();
  /** Which pairs of characters may begin a word. */
  readonly #starts = new Uint8Array(BUCKETS);

  /** None of the words is empty. */
  constructor(words: Iterable<string>) {
    for (const word of words) {
      if (word.length === 1) this.#single.add(word);
      else {
        const start = word.slice(0, 2);
        this.#words.set(start, [...(this.#words.get(start) ?? []), word]);
        this.#starts[bucketOf(word, 0)] = 1;
      }
    }
  }

  get isEmpty(): boolean {
    return this.#single.size === 0 && this.#words.size === 0;
  }

  /**
   * Every place that a word covers, in order, those that overlap made one. At the end of the text, where it may have been cut,
   * the beginning of a word is enough.
   */
  find(text: string): readonly Range[] {
    const ranges: Range[] = [];
    const add = (start: number, end: number): void => {
      const last = ranges.at(-1);
      if (last !== undefined && start < last.end) ranges[ranges.length - 1] = { ...last, end: Math.max(end, last.end) };
      else ranges.push({ start, end });
    };
    const end = text.endsWith('…') ? text.length - 1 : text.length;
    for (let at = 0; at < text.length; at++) {
      if (this.#single.size > 0 && this.#single.has(text.charAt(at))) add(at, at + 1);
      if (this.#starts[bucketOf(text, at)] === 0) continue;
      const length = this.#longestAt(text, at, end);
      if (length > 0) add(at, at + length);
    }
    return ranges;
  }

  #longestAt(text: string, at: number, end: number): number {
    let longest = 0;
    const rest = end - at;
    for (const word of this.#words.get(text.slice(at, at + 2)) ?? []) {
      if (word.length <= longest) continue;
      if (text.startsWith(word, at)) longest = word.length;
      else if (rest >= SHORTEST_PART && rest < word.length && word.startsWith(text.slice(at, end))) longest = rest;
    }
    return longest;
  }
}

const bucketOf = (text: string, at: number): number =>
  (text.charCodeAt(at) * 31 + (text.charCodeAt(at + 1) || 0)) & (BUCKETS - 1);
