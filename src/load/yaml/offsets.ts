import type { YamlScalar } from './node.ts';

/** By scalar, for each character of its decoded text and for its end: an offset in the file. A text may have thousands of spans. */
const known = new WeakMap<YamlScalar, Uint32Array>();

/**
 * Where in the file the character `index` of a scalar's decoded text comes from: quotes, escapes, folded lines and the
 * indentation of blocks are accounted for. `text` is the whole file.
 */
export function sourceOffset(text: string, scalar: YamlScalar, index: number): number {
  const { valueStart, valueEnd } = scalar.event;
  if (valueStart < 0) return scalar.at.start;
  let offsets = known.get(scalar);
  if (offsets === undefined) {
    offsets = align(text, scalar);
    known.set(scalar, offsets);
  }
  return offsets[Math.min(Math.max(index, 0), offsets.length - 1)] ?? valueEnd;
}

function align(text: string, scalar: YamlScalar): Uint32Array {
  const { valueStart, valueEnd, style, indent } = scalar.event;
  const offsets = new Uint32Array(scalar.text.length + 1).fill(valueEnd);
  switch (style) {
    case 4:
    case 5:
      alignBlock(text, scalar.text, valueStart, valueEnd, indent, offsets);
      break;
    case 1:
    case 2:
    case 3:
      alignFlow(text, style, valueStart, valueEnd, offsets);
  }
  return offsets;
}

/** Quoted and plain scalars: a break of lines, with the blanks around it, is one space, each further empty line one line break. */
function alignFlow(text: string, style: 1 | 2 | 3, start: number, end: number, offsets: Uint32Array): void {
  offsets[0] = start;
  let at = start;
  let index = 0;
  let blanks = 0;
  while (at < end && index - blanks < offsets.length) {
    const here = text[at] ?? '';
    const { length, decoded } = unitAt(text, at, style);
    // Blanks are known to stand before a break only when it comes.
    if (LINE_BREAKS.test(here)) index -= blanks;
    blanks = here === ' ' || here === '\t' ? blanks + 1 : 0;
    at += length;
    offsets.fill(Math.min(at, end), index + 1, index + 1 + decoded);
    index += decoded;
  }
}

interface Unit {
  /** In the file. */
  readonly length: number;
  /** Characters that it becomes. */
  readonly decoded: number;
}

const ONE: Unit = { length: 1, decoded: 1 };
const LINE_BREAKS = /[\r\n]/;

function unitAt(text: string, at: number, style: 1 | 2 | 3): Unit {
  switch (text[at]) {
    case '\r':
    case '\n':
      return breaksAt(text, at);
    case '\\':
      return style === 3 ? escapeAt(text, at) : ONE;
    case "'":
      return style === 2 ? { length: 2, decoded: 1 } : ONE;
    default:
      return ONE;
  }
}

function breaksAt(text: string, at: number): Unit {
  const breaks = /(?:[ \t]*(?:\r\n|\r|\n))+[ \t]*/y;
  breaks.lastIndex = at;
  const found = breaks.exec(text)?.[0] ?? '\n';
  const count = found.match(/\r\n|\r|\n/g)?.length ?? 1;
  return { length: found.length, decoded: Math.max(1, count - 1) };
}

function escapeAt(text: string, at: number): Unit {
  switch (text[at + 1]) {
    case 'x':
      return { length: 4, decoded: 1 };
    case 'u':
      return { length: 6, decoded: 1 };
    case 'U':
      return { length: 10, decoded: Number.parseInt(text.slice(at + 2, at + 10), 16) > 0xffff ? 2 : 1 };
    case '\r':
    case '\n': {
      const rest = /^\\(?:\r\n|\r|\n)[ \t]*/.exec(text.slice(at, at + 1000));
      return { length: rest?.[0].length ?? 2, decoded: 0 };
    }
    default:
      return { length: 2, decoded: 1 };
  }
}

/** Block scalars: the indentation of each line is skipped; of a folded one, a line break may have become a space or nothing. */
function alignBlock(
  text: string,
  decoded: string,
  start: number,
  end: number,
  indent: number,
  offsets: Uint32Array,
): void {
  let at = start;
  let position = 0;
  let placed = -1;
  let atLineStart = true;
  while (at < end) {
    if (atLineStart) {
      let skipped = 0;
      while (skipped < indent && text[at] === ' ') {
        at++;
        skipped++;
      }
      atLineStart = false;
      continue;
    }
    const here = text[at];
    if (position > placed && here !== '\r') {
      offsets.fill(at, placed + 1, position + 1);
      placed = position;
    }
    if (here === '\r' && text[at + 1] === '\n') {
      at++;
      continue;
    }
    if (here === '\n' || here === '\r') {
      if (decoded[position] === '\n' || decoded[position] === ' ') position++;
      atLineStart = true;
    } else {
      position++;
    }
    at++;
  }
}
