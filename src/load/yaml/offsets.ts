import type { YamlScalar } from './node.ts';

/**
 * Where in the file the character `index` of a scalar's decoded text comes from: quotes, escapes, folded lines and the
 * indentation of blocks are accounted for.
 */
export function sourceOffset(text: string, scalar: YamlScalar, index: number): number {
  const { valueStart, valueEnd, style, indent } = scalar.event;
  if (valueStart < 0) return scalar.at.start;
  switch (style) {
    case 4:
    case 5:
      return alignBlock(text, scalar.text, index, valueStart, valueEnd, indent);
    case 1:
    case 2:
    case 3:
      return alignFlow(text, style, index, valueStart, valueEnd);
  }
}

/** Quoted and plain scalars: a break of lines is one space, each further empty line one line break. */
function alignFlow(text: string, style: 1 | 2 | 3, index: number, start: number, end: number): number {
  const lineBreak = /[ \t]*(?:\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))*[ \t]*/y;
  let at = start;
  let decoded = 0;
  while (at < end && decoded < index) {
    lineBreak.lastIndex = at;
    const folded = lineBreak.exec(text);
    if (folded !== null) {
      const breaks = folded[0].match(/\r\n|\r|\n/g)?.length ?? 1;
      at += folded[0].length;
      decoded += Math.max(1, breaks - 1);
    } else if (style === 3 && text[at] === '\\') {
      const escape = escapeAt(text, at);
      at += escape.length;
      decoded += escape.decoded;
    } else if (style === 2 && text[at] === "'") {
      at += 2;
      decoded += 1;
    } else {
      at += 1;
      decoded += 1;
    }
  }
  return Math.min(at, end);
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
function alignBlock(text: string, decoded: string, index: number, start: number, end: number, indent: number): number {
  let at = start;
  let position = 0;
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
    if (position >= index && text[at] !== '\r') break;
    const here = text[at];
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
  return Math.min(at, end);
}
