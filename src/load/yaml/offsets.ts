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

/** Quoted and plain scalars: a break of lines is one space, each further empty line one line break. */
function alignFlow(text: string, style: 1 | 2 | 3, start: number, end: number, offsets: Uint32Array): void {
  const lineBreak = /[ \t]*(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))*[ \t]*/y;
  const blanks = /[ \t]*/y;
  let at = start;
  let decoded = 0;
  let blanksUntil = start;
  offsets[0] = start;
  const step = (source: number, made: number): void => {
    at += source;
    for (let count = 0; count < made; count++) offsets[++decoded] = Math.min(at, end);
  };
  while (at < end && decoded < offsets.length) {
    const here = text[at] ?? '';
    lineBreak.lastIndex = at;
    const folded = at >= blanksUntil && ' \t\r\n'.includes(here) ? lineBreak.exec(text) : null;
    if (folded !== null) {
      const breaks = folded[0].match(/\r\n|\r|\n/g)?.length ?? 1;
      step(folded[0].length, Math.max(1, breaks - 1));
    } else if (style === 3 && here === '\\') {
      const escape = escapeAt(text, at);
      step(escape.length, escape.decoded);
    } else if (style === 2 && here === "'") {
      step(2, 1);
    } else {
      if (at >= blanksUntil && ' \t'.includes(here)) {
        blanks.lastIndex = at;
        blanksUntil = at + (blanks.exec(text)?.[0].length ?? 0);
      }
      step(1, 1);
    }
  }
}

function escapeAt(text: string, at: number): { readonly length: number; readonly decoded: number } {
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
