import { err, ok, type Result } from '../util/result.ts';

/** A part of a text: literal, or the expression of a `${{ }}`; offsets count in the text. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly kind: 'span';
      /** The expression without its surrounding blanks. */
      readonly source: string;
      readonly sourceStart: number;
      readonly start: number;
      readonly end: number;
    };

export interface SpanError {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly hint: string;
}

const OPEN = '${{';

/**
 * Splits a text at its spans. Inside a span the scanner knows the strings, raw strings, comments and braces of CEL, so that
 * `${{ {"a": "}}"}["a"] }}` is one span. `$${{` is a literal `${{`. Takes time linear in the text.
 */
export function scanSpans(text: string): Result<readonly Piece[], SpanError> {
  const pieces: Piece[] = [];
  let literal = '';
  let literalStart = 0;
  let at = 0;
  const endLiteral = (end: number): void => {
    if (literal !== '') pieces.push({ kind: 'text', text: literal, start: literalStart, end });
    literal = '';
  };
  while (at < text.length) {
    const next = text.indexOf(OPEN, at);
    if (next < 0) break;
    if (text[next - 1] === '$' && next > at) {
      literal += text.slice(at, next - 1) + OPEN;
      at = next + OPEN.length;
      continue;
    }
    literal += text.slice(at, next);
    endLiteral(next);
    const close = endOfSpan(text, next);
    if (typeof close !== 'number') return err(close);
    const inner = text.slice(next + OPEN.length, close);
    const source = inner.trim();
    if (source === '') {
      return err({
        start: next,
        end: close + 2,
        message: '${{ }} is empty',
        hint: 'write an expression, or $${{ for the text ${{',
      });
    }
    const sourceStart = next + OPEN.length + inner.length - inner.trimStart().length;
    pieces.push({ kind: 'span', source, sourceStart, start: next, end: close + 2 });
    at = close + 2;
    literalStart = at;
  }
  literal += text.slice(at);
  endLiteral(text.length);
  return ok(pieces);
}

export function hasSpan(text: string): boolean {
  return text.includes(OPEN);
}

/** Where the `}}` is that closes the span at `start`. */
function endOfSpan(text: string, start: number): number | SpanError {
  let depth = 0;
  let at = start + OPEN.length;
  while (at < text.length) {
    const here = text[at];
    if (here === '"' || here === "'") {
      at = endOfString(text, at);
    } else if (here === '/' && text[at + 1] === '/') {
      const newline = text.indexOf('\n', at);
      at = newline < 0 ? text.length : newline;
    } else if (here === '{') {
      if (text.startsWith(OPEN, at - 1)) {
        return {
          start: at - 1,
          end: at + 2,
          message: 'a ${{ inside a ${{ }}',
          hint: 'close the first one with }}, or leave out the inner one',
        };
      }
      depth++;
      at++;
    } else if (here === '}') {
      if (depth === 0 && text[at + 1] === '}') return at;
      depth--;
      at++;
    } else {
      at++;
    }
    if (depth < 0) break;
  }
  return {
    start,
    end: start + OPEN.length,
    message: 'this ${{ is not closed',
    hint: 'close it with }}, or write $${{ for the text ${{',
  };
}

/** Behind the closing quote, or the end of the text. A raw string has no escapes. */
function endOfString(text: string, start: number): number {
  const quote = text[start] ?? '';
  const before = text[start - 1] ?? '';
  const raw = (before === 'r' || before === 'R') && !/[A-Za-z0-9_]/.test(text[start - 2] ?? '');
  const fence = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  let at = start + fence.length;
  while (at < text.length) {
    if (text.startsWith(fence, at)) return at + fence.length;
    at += !raw && text[at] === '\\' ? 2 : 1;
  }
  return text.length;
}
