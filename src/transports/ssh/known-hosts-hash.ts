import { createHmac, randomBytes } from 'node:crypto';

/** Names that OpenSSH has hashed, each with a salt of its own. Adding one is cheap; the first look costs more than the later. */
export class HashedNames<T> {
  readonly #salts: Buffer[] = [];
  readonly #digests: Buffer[] = [];
  readonly #lines: T[] = [];
  /** Of each salt, what SHA-1 has made of HMAC's inner and outer key block: half of the work, and the same for every name. */
  #started: Int32Array | undefined;

  /** False: that is no hashed name, and OpenSSH skips the line. */
  add(text: string, line: T): boolean {
    const [, salt = '', digest = ''] = HASHED.exec(text) ?? [];
    const bytes = { salt: Buffer.from(salt, 'base64'), digest: Buffer.from(digest, 'base64') };
    if (bytes.salt.length !== DIGEST_BYTES || bytes.salt.toString('base64') !== salt) return false;
    // A digest is compared as text, so one that is written in another way belongs to no name.
    if (bytes.digest.length !== DIGEST_BYTES || bytes.digest.toString('base64') !== digest) return true;
    this.#salts.push(bytes.salt);
    this.#digests.push(bytes.digest);
    this.#lines.push(line);
    this.#started = undefined;
    return true;
  }

  /** The lines that have this name. */
  find(name: Buffer): T[] {
    if (this.#lines.length === 0) return [];
    if (name.length > LONGEST) return this.#lines.filter((_, line) => this.#has(name, line));
    const started = (this.#started ??= startAll(this.#salts));
    schedule(name, BLOCK_BYTES, nameWords);
    const found: T[] = [];
    for (let line = 0; line < this.#lines.length; line += 1) {
      rounds(nameWords, started, line * 2 * WORDS, inner);
      for (let word = 0; word < WORDS; word += 1) outerWords[word] = inner[word] as number;
      expand(outerWords);
      rounds(outerWords, started, (line * 2 + 1) * WORDS, outer);
      if (outer[0] === this.#digests[line]?.readInt32BE(0) && this.#has(name, line)) found.push(this.#lines[line] as T);
    }
    return found;
  }

  #has(name: Buffer, line: number): boolean {
    const [salt, digest] = [this.#salts[line], this.#digests[line]];
    return salt !== undefined && digest !== undefined && createHmac('sha1', salt).update(name).digest().equals(digest);
  }
}

/** A name as OpenSSH hashes it, for a new line. */
export function hashName(name: Buffer): string {
  const salt = randomBytes(DIGEST_BYTES);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

const HASHED = /^\|1\|([^|]*)\|(.*)$/s;

// SHA-1 by hand: 100 hosts in a file of 5000 hashed lines are 500 000 HMACs, which take node:crypto 17 s and this 0.3 s. What it
// finds is confirmed by node:crypto.

const WORDS = 5;
const DIGEST_BYTES = 20;
const BLOCK_BYTES = 64;
/** What fits into one block with SHA-1's own nine bytes. */
const LONGEST = BLOCK_BYTES - 9;
const START = Int32Array.of(0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0);
const nameWords = new Int32Array(80);
/** The digest of the inner hash goes before its end mark. */
const outerWords = new Int32Array(80);
outerWords[WORDS] = 0x80000000 | 0;
outerWords[15] = (BLOCK_BYTES + DIGEST_BYTES) * 8;
const inner = new Int32Array(WORDS);
const outer = new Int32Array(WORDS);

function startAll(salts: readonly Buffer[]): Int32Array {
  const all = new Int32Array(salts.length * 2 * WORDS);
  const words = new Int32Array(80);
  for (const [line, salt] of salts.entries())
    for (const [which, pad] of [0x36, 0x5c].entries()) {
      const block = Buffer.alloc(BLOCK_BYTES, pad);
      for (const [index, byte] of salt.entries()) block[index] = byte ^ pad;
      for (let word = 0; word < 16; word += 1) words[word] = block.readInt32BE(word * 4);
      expand(words);
      const from = (line * 2 + which) * WORDS;
      rounds(words, START, 0, all.subarray(from, from + WORDS));
    }
  return all;
}

/** The last block of a message of which `before` bytes went ahead. */
function schedule(end: Buffer, before: number, words: Int32Array): void {
  const block = Buffer.alloc(BLOCK_BYTES);
  end.copy(block);
  block[end.length] = 0x80;
  block.writeUInt32BE((before + end.length) * 8, BLOCK_BYTES - 4);
  for (let word = 0; word < 16; word += 1) words[word] = block.readInt32BE(word * 4);
  expand(words);
}

function expand(w: Int32Array): void {
  for (let i = 16; i < 80; i += 1) {
    const mixed = at(w, i - 3) ^ at(w, i - 8) ^ at(w, i - 14) ^ at(w, i - 16);
    w[i] = (mixed << 1) | (mixed >>> 31);
  }
}

/** FIPS 180-4, 6.1.2, from the state at `from` of `states` into `result`. Four loops: one that asks which costs the double. */
function rounds(w: Int32Array, states: Int32Array, from: number, result: Int32Array): void {
  let a = at(states, from);
  let b = at(states, from + 1);
  let c = at(states, from + 2);
  let d = at(states, from + 3);
  let e = at(states, from + 4);
  let next = 0;
  let i = 0;
  for (; i < 20; i += 1) {
    next = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + e + at(w, i) + 0x5a827999) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; i < 40; i += 1) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + at(w, i) + 0x6ed9eba1) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; i < 60; i += 1) {
    next = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + at(w, i) - 0x70e44324) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (; i < 80; i += 1) {
    next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + at(w, i) - 0x359d3e2a) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  result[0] = at(states, from) + a;
  result[1] = at(states, from + 1) + b;
  result[2] = at(states, from + 2) + c;
  result[3] = at(states, from + 3) + d;
  result[4] = at(states, from + 4) + e;
}

const at = (words: Int32Array, index: number): number => words[index] as number;
