import { unreachable } from '../../util/unreachable.ts';

/** What one stream of one command is told. */
export interface Section {
  /** The line that opens it, whole, and the start of the line that ends it; both hold a nonce no output can know. */
  readonly begin: Buffer;
  readonly end: Buffer;
  /** The start of a line that may come first inside. */
  readonly lead?: Buffer;
  /** Has this command begun, on whichever stream? */
  readonly begun: boolean;
  /** An interruption does not end it: it runs elsewhere than what was interrupted. */
  readonly outlasts?: boolean;
  onBegin(): void;
  /** The rest of that line. */
  onLead(rest: string): void;
  onData(bytes: Buffer): void;
  /**
   * `tail`: the last bytes of the output, held back so that they could be looked at; `status`: the rest of the line that ended it;
   * `cutShort`: that line was an interruption.
   */
  onEnd(tail: Buffer, status: string, cutShort: boolean): void;
}

/** A line that may come anywhere: it ends a section that has begun. Between two sections, and in one that outlasts it, it is told here. */
export interface Interruption {
  readonly start: Buffer;
  readonly onLine: () => void;
}

const NEWLINE = 0x0a;
const HELD_BACK = 128;
/** What follows a mark on its line is short: a host that never ends the line is not waited for. */
const LONGEST_LINE = 4096;

/**
 * Cuts one endless stream into the sections of the commands that were sent, in their order. Bytes between two sections belong to
 * nobody (a daemon's, or what the login shell printed) and only counted.
 */
export class Scanner {
  readonly #sections: Section[] = [];
  readonly #interruption: Interruption;
  #held: Buffer = Buffer.alloc(0);
  #state: 'outside' | 'lead' | 'inside' = 'outside';
  /** Bytes since the last section ended, with the first of them for messages. */
  strayBytes = 0;
  stray: Buffer = Buffer.alloc(0);

  constructor(interruption: Interruption) {
    this.#interruption = interruption;
  }

  expect(section: Section): void {
    this.#sections.push(section);
  }

  feed(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (this.#step());
  }

  #step(): boolean {
    switch (this.#state) {
      case 'outside':
        return this.#toBegin();
      case 'lead':
        return this.#overLead();
      case 'inside':
        return this.#toEnd();
      default:
        return unreachable(this.#state);
    }
  }

  #toBegin(): boolean {
    const { start } = this.#interruption;
    const section = this.#sections[0];
    const begin = section === undefined ? -1 : this.#held.indexOf(section.begin);
    const cut = this.#held.indexOf(start);
    if (cut >= 0 && (begin < 0 || cut < begin)) return this.#overInterruption(cut);
    if (section === undefined || begin < 0) {
      this.#skip(Math.max(0, this.#held.length - HELD_BACK));
      return false;
    }
    this.#skip(begin);
    this.#held = this.#held.subarray(section.begin.length);
    this.#state = 'lead';
    section.onBegin();
    return true;
  }

  #overInterruption(at: number): boolean {
    const { start, onLine } = this.#interruption;
    const line = this.#lineEnd(at + start.length);
    if (line < 0) return false;
    const status = this.#held.toString('latin1', at + start.length, line);
    this.#skip(at);
    this.#held = this.#held.subarray(line + 1 - at);
    const section = this.#sections[0];
    if (section?.begun === true && section.outlasts !== true)
      this.#sections.shift()?.onEnd(Buffer.alloc(0), status, true);
    else onLine();
    return true;
  }

  #overLead(): boolean {
    const section = this.#sections[0];
    const lead = section?.lead;
    if (section !== undefined && lead !== undefined) {
      const start = this.#held.subarray(0, lead.length);
      const possible = lead.subarray(0, start.length).equals(start);
      const line = this.#held.indexOf(NEWLINE, lead.length);
      if (possible && line < 0 && this.#held.length < HELD_BACK) return false;
      if (possible && line >= 0) {
        section.onLead(this.#held.toString('latin1', lead.length, line));
        this.#held = this.#held.subarray(line + 1);
      }
    }
    this.#state = 'inside';
    return true;
  }

  #toEnd(): boolean {
    const section = this.#sections[0];
    if (section === undefined) return false;
    const end = this.#held.indexOf(section.end);
    const cut = this.#held.indexOf(this.#interruption.start);
    const cutShort = cut >= 0 && (end < 0 || cut < end);
    const at = cutShort ? cut : end;
    const afterMark = at + (cutShort ? this.#interruption.start : section.end).length;
    const line = at < 0 ? -1 : this.#lineEnd(afterMark);
    const safe = Math.max(0, (at < 0 ? this.#held.length : at) - HELD_BACK);
    if (safe > 0) section.onData(this.#held.subarray(0, safe));
    if (line < 0) {
      this.#held = this.#held.subarray(safe);
      return false;
    }
    const tail = this.#held.subarray(safe, at);
    const status = this.#held.toString('latin1', afterMark, line);
    this.#held = this.#held.subarray(line + 1);
    if (cutShort && section.outlasts === true) {
      section.onData(tail);
      this.#interruption.onLine();
      return true;
    }
    this.#state = 'outside';
    this.#sections.shift();
    this.strayBytes = 0;
    this.stray = Buffer.alloc(0);
    section.onEnd(tail, status, cutShort);
    return true;
  }

  /** Where the line ends that is read from here; -1: not yet. */
  #lineEnd(from: number): number {
    const newline = this.#held.indexOf(NEWLINE, from);
    const limit = from + LONGEST_LINE;
    if (newline >= 0) return Math.min(newline, limit);
    return this.#held.length > limit ? limit : -1;
  }

  /** What is left when the stream is over: the output of a command that never reported, or stray bytes. */
  finish(): void {
    if (this.#state !== 'outside') this.#sections[0]?.onData(this.#held);
    else this.#skip(this.#held.length);
    this.#held = Buffer.alloc(0);
  }

  #skip(bytes: number): void {
    if (this.stray.length < 4096) this.stray = Buffer.concat([this.stray, this.#held.subarray(0, bytes)]);
    this.strayBytes += bytes;
    this.#held = this.#held.subarray(bytes);
  }
}
