import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import type { CommandEnd, CommandResult, Output } from '../model/script.ts';

const KEPT = 1024 * 1024;

/** Takes a stream of any length in constant memory: the first and the last MiB, and the count and SHA-256 of all of it. */
export class Capture {
  readonly #hash = createHash('sha256');
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #bytes = 0;
  #isHashed = true;
  readonly #text: 'utf8' | 'latin1';

  /** `latin1`: the text has one character for each byte. */
  constructor(text: 'utf8' | 'latin1' = 'utf8') {
    this.#text = text;
  }

  /** So many bytes that nobody has: those of the middle are not kept, and all of it has no hash. */
  skip(bytes: number): void {
    this.#bytes += bytes;
    this.#tail = [];
    this.#tailBytes = 0;
    this.#isHashed = false;
  }

  add(chunk: Buffer): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    const forHead = Math.min(KEPT - this.#headBytes, chunk.length);
    if (forHead > 0) {
      this.#head.push(copyOf(chunk.subarray(0, forHead)));
      this.#headBytes += forHead;
    }
    if (forHead < chunk.length) this.#addToTail(chunk.subarray(forHead));
  }

  /** Text with invalid bytes replaced; call it once, at the end. */
  finish(): Output {
    const tail = Buffer.concat(this.#tail);
    const kept = tail.length > KEPT ? tail.subarray(tail.length - KEPT) : tail;
    const missing = this.#bytes - this.#headBytes - kept.length;
    const text =
      missing === 0
        ? decode(Buffer.concat([...this.#head, kept]), this.#text)
        : [decode(Buffer.concat(this.#head), this.#text), notKept(missing), decode(kept, this.#text)].join('\n');
    const sha256 = this.#isHashed ? this.#hash.digest('hex') : '';
    return { text, bytes: this.#bytes, sha256, truncated: missing > 0 };
  }

  #addToTail(chunk: Buffer): void {
    this.#tail.push(copyOf(chunk));
    this.#tailBytes += chunk.length;
    if (this.#tailBytes < 2 * KEPT) return;
    const kept = Buffer.concat(this.#tail);
    this.#tail = [copyOf(kept.subarray(kept.length - KEPT))];
    this.#tailBytes = KEPT;
  }
}

/** The whole of a short output. */
export function outputOf(bytes: Buffer | string): Output {
  const capture = new Capture();
  capture.add(Buffer.from(bytes));
  return capture.finish();
}

/** A result without a byte of output, for commands that never started or whose output was lost. */
export function endedWithoutOutput(end: CommandEnd, durationMs = 0): CommandResult {
  return { end, stdout: outputOf(''), stderr: outputOf(''), durationMs };
}

const notKept = (bytes: number): string => `[... ${bytes} bytes not kept ...]`;

const decode = (bytes: Buffer, text: 'utf8' | 'latin1'): string => {
  const decoder = new StringDecoder(text);
  return decoder.write(bytes) + decoder.end();
};

// A slice keeps the whole buffer it was cut from alive.
const copyOf = (bytes: Buffer): Buffer => Buffer.from(bytes);
