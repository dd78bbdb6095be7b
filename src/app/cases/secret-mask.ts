import { createHash } from 'node:crypto';
import type { Range } from '../../util/find-words.ts';
import { maskBytes } from '../../util/mask-bytes.ts';
import { Redactor } from '../../util/redact.ts';
import { looksSecret } from '../../util/secret-looks.ts';
import type { Secret } from '../../util/secret.ts';

/**
 * Masks secrets in what a host printed so that it can still be read by whoever reads it: no length changes, encoded parts stay what
 * they are, and a checksum that was right is right afterwards.
 */
export class SecretMask {
  readonly #known: Redactor;

  constructor(secrets: Iterable<Secret>) {
    this.#known = new Redactor(secrets);
  }

  text(text: string): string {
    const decoded = this.#inEncoded(text, MOST_LAYERS);
    const masked = maskBytes(decoded, [...this.#known.find(decoded), ...looksSecret(decoded)]);
    return masked === text ? text : withChecksums(text, masked);
  }

  /** Base64 and hexadecimal digits that hold text. */
  #inEncoded(text: string, layers: number): string {
    if (layers === 0) return text;
    const inside = (part: string): string => {
      const decoded = this.#inEncoded(part, layers - 1);
      return maskBytes(decoded, [...this.#known.find(decoded), ...looksSecret(decoded)]);
    };
    const inBlocks = text.replaceAll(DIGIT_LINES, (lines) => mapBlocks(lines, (block) => recode(block, inside)));
    return inBlocks.replaceAll(DIGITS, (digits) => recode(digits, inside));
  }
}

const MOST_LAYERS = 2;
/** Lines of nothing but digits of base64. */
const DIGIT_LINES = /^[A-Za-z0-9+/]{8,}={0,2}(?:\n[A-Za-z0-9+/]+={0,2})*$/gm;
const DIGITS = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,}={0,2}(?![A-Za-z0-9+/=_-])/g;

/** Such lines as what was encoded together: all as long as the first, and the last one perhaps shorter. */
function mapBlocks(lines: string, change: (block: string) => string): string {
  const blocks: string[][] = [];
  let isOpen = false;
  for (const line of lines.split('\n')) {
    const block = blocks.at(-1);
    const width = block?.[0]?.length ?? 0;
    if (block !== undefined && isOpen && line.length <= width) block.push(line);
    else blocks.push([line]);
    isOpen = line.length >= width;
  }
  return blocks.map((block) => change(block.join('\n'))).join('\n');
}

/** The digits with the text that they hold changed, in lines as they were. */
function recode(digits: string, change: (text: string) => string): string {
  const unbroken = digits.replaceAll('\n', '');
  for (const encoding of ['hex', 'base64', 'base64url'] as const) {
    const bytes = Buffer.from(unbroken, encoding);
    const again = bytes.toString(encoding);
    const isUpper = encoding === 'hex' && again.toUpperCase() === unbroken;
    if (!isUpper && again !== unbroken && again !== unbroken.replace(/=+$/, '')) continue;
    const changed = changeBytes(bytes, change);
    if (changed.equals(bytes)) continue;
    const encoded = changed.toString(encoding);
    return inLinesOf(digits, isUpper ? encoded.toUpperCase() : encoded.padEnd(unbroken.length, '='));
  }
  return digits;
}

/** Of what is not UTF-8, as a file of another encoding or of a program, what is ASCII is a text, too. */
function changeBytes(bytes: Buffer, change: (text: string) => string): Buffer {
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return Buffer.from(change(text));
  const ascii = bytes.toString('latin1').replaceAll(/[^\0-\x7f]/g, '?');
  const changed = Buffer.from(change(ascii));
  return Buffer.from(bytes.map((byte, at) => (changed[at] === ascii.charCodeAt(at) ? byte : (changed[at] ?? byte))));
}

function inLinesOf(digits: string, unbroken: string): string {
  let at = 0;
  return digits.replaceAll(/[^\n]+/g, (line) => {
    at += line.length;
    return unbroken.slice(at - line.length, at);
  });
}

const CHECKSUM = /\b[0-9a-f]{64}\b/g;

/**
 * `sha256` in hexadecimal digits of a content that stands in the same text: all of it, or raw after a line that ends with its length, or
 * encoded there. Nothing has become longer or shorter, so each content is where it was.
 */
function withChecksums(before: string, after: string): string {
  const known = new Set(before.match(CHECKSUM));
  if (known.size === 0) return after;
  const anew = new Map<string, string>();
  const [was, is] = [Buffer.from(before), Buffer.from(after)];
  for (const { start, end } of contentsIn(before, was.length)) {
    for (const decode of DECODERS) {
      const digits = sum(decode(was.subarray(start, end)));
      if (known.has(digits)) anew.set(digits, sum(decode(is.subarray(start, end))));
    }
  }
  return after.replaceAll(CHECKSUM, (digits) => anew.get(digits) ?? digits);
}

const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const unbroken = (digits: Buffer): string => digits.toString('latin1').replaceAll('\n', '');
const DECODERS: readonly ((bytes: Buffer) => Buffer)[] = [
  (bytes) => bytes,
  (bytes) => Buffer.from(unbroken(bytes), 'base64'),
  (bytes) => Buffer.from(unbroken(bytes), 'hex'),
];

/** What is added up in one text: almost every line of a list of files ends with a number. */
const MOST_BYTES = 16 * 1024 * 1024;

/** As bytes of the text. */
function* contentsIn(text: string, bytes: number): Generator<Range> {
  yield { start: 0, end: bytes };
  let [at, start, added] = [0, 0, 0];
  for (const match of text.matchAll(/^.*\b(\d{1,7})\n/gm)) {
    const next = match.index + match[0].length;
    start += Buffer.byteLength(text.slice(at, next));
    at = next;
    const end = start + Number(match[1]);
    if (end > bytes || added + end - start > MOST_BYTES) continue;
    added += end - start;
    yield { start, end };
  }
}
