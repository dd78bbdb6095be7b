import { err, ok, type Result } from '../../util/result.ts';
import { insertLines, joinLines, linesOf } from './file-lines.ts';
import { placeIn, type Placement } from './file-place.ts';
import { cannot, type CannotPrepare } from './file-seen.ts';

export interface BlockEdit extends Placement {
  /** Its lines; none removes the block with its marks. */
  readonly lines: readonly string[];
  /** The lines around it. */
  readonly begin: string;
  readonly end: string;
}

/** Pure: the lines between the marks become those of the block, where they stand; without marks the block is inserted. */
export function withBlock(text: string, edit: BlockEdit): Result<string, CannotPrepare> {
  const { begin, end } = edit;
  const lines = linesOf(text);
  const from = lines.findLastIndex((line) => line.text === begin);
  const to = lines.findLastIndex((line) => line.text === end);
  const block = edit.lines.length === 0 ? [] : [begin, ...edit.lines, end];
  if (from < 0 && to < 0) {
    if (block.length === 0) return ok(text);
    const place = placeIn(lines, edit);
    return place.ok ? ok(joinLines(insertLines(lines, place.value, block))) : place;
  }
  if (from < 0 || to < from) {
    const [there, missing] = from < 0 ? [end, begin] : to < 0 ? [begin, end] : [end, begin];
    return err(cannot('cannot-start', `the block is damaged: the line ${there} has no ${missing} that belongs to it`));
  }
  const now = lines.slice(from, to + 1).map((line) => line.text);
  if (now.length === block.length && now.every((line, index) => line === block[index])) return ok(text);
  const rest = [...lines.slice(0, from), ...lines.slice(to + 1)];
  return ok(joinLines(block.length === 0 ? rest : insertLines(rest, from, block)));
}
