import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Difference } from '../../model/action.ts';
import { readFileText } from './file-text.ts';

const MAX_LINES = 200;
/** Files that differ in more lines are not compared line by line: it would take seconds. */
const MAX_EDITS = 4000;

/** The unified diff of a file's content; `undefined`: there is none, or it is not known for its size. */
export function contentDifference(path: string, before: Buffer | undefined, after: Buffer | undefined): string {
  const [from, to] = [textOf(before), textOf(after)];
  const patch = createTwoFilesPatch(
    before === undefined ? '/dev/null' : path,
    after === undefined ? '/dev/null' : path,
    from,
    to,
    undefined,
    undefined,
    { context: 3, maxEditLength: MAX_EDITS, headerOptions: FILE_HEADERS_ONLY },
  );
  if (patch === undefined) return `all of it changes: ${from.length} characters -> ${to.length} characters`;
  if (from === '' && to === '') return 'empty file';
  const lines = patch.replace(/\n$/, '').split('\n');
  const more = lines.length - MAX_LINES;
  return more > 0 ? [...lines.slice(0, MAX_LINES), `${more} more lines`].join('\n') : lines.join('\n');
}

/** What a difference says of mode and owner; empty when they stay. */
export function metadataLines(
  before: { readonly mode: string; readonly uid: number; readonly gid: number },
  after: { readonly mode: string; readonly uid: number; readonly gid: number },
): readonly string[] {
  return [
    ...(before.mode === after.mode ? [] : [`mode ${before.mode} -> ${after.mode}`]),
    ...(before.uid === after.uid && before.gid === after.gid
      ? []
      : [`owner ${before.uid}:${before.gid} -> ${after.uid}:${after.gid}`]),
  ];
}

export function difference(path: string, parts: readonly string[]): Difference {
  return { path, text: parts.filter((part) => part !== '').join('\n') };
}

function textOf(bytes: Buffer | undefined): string {
  return bytes === undefined ? '' : readFileText(bytes).text;
}
