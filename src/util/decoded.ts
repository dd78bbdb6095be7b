/** What somebody reads in a text that is written in an encoding: bytes, each with the place in the text that it was read from. */
export interface Decoded {
  readonly bytes: Buffer;
  /** As places in the bytes of the text. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Collects what is read, which is never longer than the text. */
export class DecodedBytes {
  readonly #bytes: Buffer;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  #length = 0;

  constructor(atMost: number) {
    this.#bytes = Buffer.alloc(atMost);
    this.#starts = new Uint32Array(atMost);
    this.#ends = new Uint32Array(atMost);
  }

  add(byte: number, start: number, end: number): void {
    this.#bytes[this.#length] = byte;
    this.#starts[this.#length] = start;
    this.#ends[this.#length] = end;
    this.#length += 1;
  }

  /** What stands there as it is read. */
  copy(source: Buffer, from: number, to: number): void {
    for (let at = from; at < to; at++) this.add(source[at] ?? 0, at, at + 1);
  }

  finish(): Decoded {
    return {
      bytes: this.#bytes.subarray(0, this.#length),
      starts: this.#starts.subarray(0, this.#length),
      ends: this.#ends.subarray(0, this.#length),
    };
  }
}

/** What was read in what was read of a text, with the places in that text. */
export function decodedTwice(first: Decoded, second: Decoded): Decoded {
  return {
    bytes: second.bytes,
    starts: second.starts.map((at) => first.starts[at] ?? 0),
    ends: second.ends.map((end) => first.ends[end - 1] ?? 0),
  };
}
