import type { HereDocument } from './here-document.ts';

interface Opened {
  readonly start: number;
}

export type CodeFrame = Frame & { readonly kind: 'code' };

/** What shell source is inside of: the innermost says how the next character is read. */
export type Frame =
  | ({
      readonly kind: 'code';
      readonly until: 'end' | ')' | '`';
      depth: number;
      wordStart: boolean;
      pending: HereDocument[];
    } & Opened)
  | ({ readonly kind: 'double' } & Opened)
  | ({ readonly kind: 'arithmetic'; depth: number } & Opened)
  | ({
      readonly kind: 'expansion';
      readonly quoted: boolean;
      length: number;
      named: boolean;
      counts: boolean;
    } & Opened);

/** For people: what was opened. */
export const NAMES: Readonly<Record<Frame['kind'], string>> = {
  code: 'a $( or a backquote',
  double: 'a double quote',
  arithmetic: 'a $((',
  expansion: 'a ${',
};

export function code(until: 'end' | ')' | '`', start: number): CodeFrame {
  return { kind: 'code', until, depth: 0, wordStart: true, pending: [], start };
}

/** Is arithmetic what the innermost frames are in? Quotes and `${ }` keep nothing out of it; a command is on its own. */
export function isArithmetic(frames: readonly Frame[]): boolean {
  const inner = frames.slice(frames.findLastIndex(({ kind }) => kind === 'code') + 1);
  return inner.some((frame) => frame.kind === 'arithmetic' || (frame.kind === 'expansion' && frame.counts));
}
