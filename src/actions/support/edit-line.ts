import { ok, type Result } from '../../util/result.ts';
import { insertLines, joinLines, lineEnd, linesOf, type Line } from './file-lines.ts';
import { patternOf, placeIn, type Placement } from './file-place.ts';
import type { CannotPrepare } from './file-seen.ts';

export interface LineEdit extends Placement {
  /** Without its end. Empty in a removal by pattern. */
  readonly line: string;
  readonly regexp?: string | undefined;
}

/** Pure: the last line that matches `regexp` becomes `line`; when none does and `line` is nowhere, it is inserted. */
export function withLine(text: string, edit: LineEdit): Result<string, CannotPrepare> {
  const lines = linesOf(text);
  const found = lastMatch(lines, edit);
  if (!found.ok) return found;
  if (found.value >= 0) {
    const replaced = lines.map((line, index) => {
      if (index !== found.value || line.text === edit.line) return line;
      return { text: edit.line, end: line.end === '' ? lineEnd(lines) : line.end };
    });
    return ok(joinLines(replaced));
  }
  if (lines.some(({ text }) => text === edit.line)) return ok(text);
  const place = placeIn(lines, edit);
  return place.ok ? ok(joinLines(insertLines(lines, place.value, [edit.line]))) : place;
}

/** Pure: without every line that matches `regexp`, or is `line` when there is no `regexp`. */
export function withoutLine(text: string, edit: LineEdit): Result<string, CannotPrepare> {
  const matches = matcher(edit);
  if (!matches.ok) return matches;
  return ok(joinLines(linesOf(text).filter((line) => !matches.value(line))));
}

function lastMatch(lines: readonly Line[], edit: LineEdit): Result<number, CannotPrepare> {
  const matches = matcher(edit);
  return matches.ok ? ok(lines.findLastIndex(matches.value)) : matches;
}

function matcher({ regexp, line }: LineEdit): Result<(candidate: Line) => boolean, CannotPrepare> {
  if (regexp === undefined) return ok(({ text }) => text === line);
  const pattern = patternOf(regexp);
  return pattern.ok ? ok(({ text }) => pattern.value.matches(text)) : pattern;
}
