import type { Range } from './find-words.ts';

/**
 * Pure: each byte of the ranges becomes a sign that says nothing, so nothing is longer or shorter than it was. Line breaks stay, with
 * what indents the line after them, and tabs, which stand between columns.
 */
export function maskBytes(text: string, ranges: readonly Range[], sign = '*'): string {
  let masked = '';
  let done = 0;
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const from = Math.max(start, done);
    if (from >= end) continue;
    masked += text.slice(done, from) + maskAll(text.slice(from, end), sign);
    done = end;
  }
  return masked + text.slice(done);
}

const maskAll = (part: string, sign: string): string =>
  part.replaceAll(
    /((?:\r?\n[ \t]*|\t)+)|[^\r\n\t]+|\r/g,
    (word, kept: string | undefined) => kept ?? sign.repeat(Buffer.byteLength(word)),
  );
