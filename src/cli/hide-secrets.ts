import type { Diagnostic } from '../model/source.ts';

/** A value in clear text under a name that says what it is: not `!secret NAME`, a span, or a map that describes a param. */
const SECRET = /(?:passw(?:or)?d|_pass|secret|token|api_?key)["']?[ \t]*[:=][ \t]*(?!!secret\b|[{[]|["']?\$\{\{|#)\S/i;
/** A URL that is all that is needed to write somewhere. */
const ADDRESS = /\b(?:webhook|ping)["']?[ \t]*[:=][ \t]*["']?[a-z]+:\/\//i;
/** The value is on the next lines. */
const SECRET_BELOW = /\bansible_\w{0,40}pass\w{0,40}["']?[ \t]*:[ \t]*(?:#.*)?$/;

export interface ShownText {
  readonly text: string;
  /** Numbers of the lines that were made empty, from 1. */
  readonly hidden: ReadonlySet<number>;
}

/**
 * The text without the lines in which a secret stands, as far as one can tell: those that a diagnostic says hold one, and those
 * that set one, each with what belongs to it. They are empty then, so that all places stay what they were.
 */
export function hideSecrets(text: string, diagnostics: readonly Diagnostic[]): ShownText {
  const lines = text.split(/\r\n|\r|\n/);
  const told = toldLines(diagnostics);
  const hidden = new Set<number>();
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (!told.has(index + 1) && ![SECRET, ADDRESS, SECRET_BELOW].some((pattern) => pattern.test(line))) continue;
    const last = lastLineOf(lines, index);
    for (; index <= last; index++) hidden.add(index + 1);
    index = last;
  }
  return { text: lines.map((line, index) => (hidden.has(index + 1) ? '' : line)).join('\n'), hidden };
}

function toldLines(diagnostics: readonly Diagnostic[]): ReadonlySet<number> {
  const lines = new Set<number>();
  for (const { code, at } of diagnostics) {
    if (!code.endsWith('_PLAINTEXT_SECRET')) continue;
    for (let line = at.start.line; line <= at.end.line; line++) lines.add(line);
  }
  return lines;
}

/** A key ends with its last line; any other value with the last line that is deeper than its first. */
function lastLineOf(lines: readonly string[], first: number): number {
  const line = lines[first] ?? '';
  if (line.includes('-----BEGIN')) {
    const end = lines.findIndex((each, index) => index >= first && each.includes('-----END'));
    if (end >= 0) return end;
  }
  const depth = indentOf(line);
  let last = first;
  for (let index = first + 1; index < lines.length; index++) {
    const next = lines[index] ?? '';
    if (next.trim() === '') continue;
    if (indentOf(next) <= depth) break;
    last = index;
  }
  return last;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;
