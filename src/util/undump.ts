import { DecodedBytes, type Decoded } from './decoded.ts';

/** A line of `xxd`, `hexdump -C` or `od -t x1z`: where, digits, and perhaps the same as signs. */
const HEX_LINE = /^[\dA-Fa-f]{6,16}:?[ \t]+((?:[\dA-Fa-f]{2,8} {1,2}){0,31}[\dA-Fa-f]{2,8})(?:[ \t][^\n]*)?$/gm;
const MAY_BE_DUMP = /^[\dA-Fa-f]{6}/m;
const MOST_DIGITS = 32;
/** A line of `od -c`. */
const SIGNS_LINE = /^[0-7]{7}((?: {3}[^\n]| {2}\\?[^\n]| [0-7]{3}){1,16})$/gm;

/** A text without what a dump has beside the bytes that it shows. Undefined when nothing in it looks like the lines of one. */
export function undumped(bytes: Buffer): Decoded | undefined {
  const text = bytes.toString('latin1');
  if (!MAY_BE_DUMP.test(text)) return undefined;
  const lines = [...linesOf(text, HEX_LINE, inDigits), ...linesOf(text, SIGNS_LINE, (shown) => shown.length)];
  if (lines.length === 0) return undefined;
  const read = new DecodedBytes(bytes.length);
  let done = 0;
  for (const { start, from, to, end } of lines.toSorted((a, b) => a.start - b.start)) {
    if (start < done) continue;
    read.copy(bytes, done, start);
    // The signs beside the digits go with the last digit.
    read.copy(bytes, from, to - 1);
    read.add(bytes[to - 1] ?? 0, to - 1, end);
    done = end;
  }
  read.copy(bytes, done, bytes.length);
  return read.finish();
}

interface DumpLine {
  readonly start: number;
  /** What it shows. */
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

function linesOf(text: string, pattern: RegExp, lengthOf: (shown: string) => number): readonly DumpLine[] {
  return [...text.matchAll(pattern)].map(({ 0: line, 1: shown = '', index: start }) => {
    const from = start + line.indexOf(shown, 6);
    return { start, from, to: from + lengthOf(shown), end: start + line.length };
  });
}

/** A line shows 16 bytes at most; what looks like digits after them is a sign. */
function inDigits(shown: string): number {
  let digits = 0;
  for (let at = 0; at < shown.length; at++) {
    if (shown[at] !== ' ') digits += 1;
    if (digits === MOST_DIGITS) return at + 1;
  }
  return shown.length;
}
