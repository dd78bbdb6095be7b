import { err, ok, type Result } from '../../util/result.ts';
import { compilePattern, type Pattern } from '../../util/pattern.ts';
import { cannot, type CannotPrepare } from './file-seen.ts';
import type { Line } from './file-lines.ts';

/** Where something new goes into a file. Both absent: at its end. */
export interface Placement {
  readonly insertafter?: string | undefined;
  readonly insertbefore?: string | undefined;
}

/** For params: `EOF` and `BOF` are no patterns. */
export const PLACEMENT = {
  insertafter: {
    type: { kind: 'pattern' },
    description:
      'RE2 pattern: what is new goes after the last line that matches; `EOF`, the default: at the end of the file.',
    optional: true,
  },
  insertbefore: {
    type: { kind: 'pattern' },
    description:
      'RE2 pattern: what is new goes before the last line that matches; `BOF`: at the beginning of the file.',
    optional: true,
  },
} as const;

/** Why both cannot be meant; a conflict of params. */
export function placementConflict({ insertafter, insertbefore }: Placement): string | undefined {
  if (insertafter === undefined || insertbefore === undefined) return undefined;
  return 'insertafter and insertbefore exclude each other: give one of them';
}

/** Index of the line in front of which it goes. Nothing matches: the end, as when nothing is asked for. Not both are given. */
export function placeIn(
  lines: readonly Line[],
  { insertafter, insertbefore }: Placement,
): Result<number, CannotPrepare> {
  if (insertbefore === 'BOF' || insertafter === 'BOF') return ok(0);
  const source = insertafter ?? insertbefore;
  if (source === undefined || source === 'EOF') return ok(lines.length);
  const pattern = patternOf(source);
  if (!pattern.ok) return pattern;
  const last = lines.findLastIndex(({ text }) => pattern.value.matches(text));
  if (last < 0) return ok(lines.length);
  return ok(insertafter === undefined ? last : last + 1);
}

export function patternOf(source: string): Result<Pattern, CannotPrepare> {
  const pattern = compilePattern(source);
  return pattern.ok ? pattern : err(cannot('cannot-start', `not an RE2 pattern: ${pattern.error.message}`));
}
