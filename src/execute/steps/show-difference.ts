import { FILE_HEADERS_ONLY, formatPatch, structuredPatch, type StructuredPatchHunk } from 'diff';
import type { Difference, FileDifference } from '../../model/action.ts';

const MOST_LINES = 200;
/** Files that differ in more lines are not compared line by line: it would take seconds. */
const MOST_EDITS = 4000;

/**
 * Pure: how people are told of it. `maskedLines` gives the lines of a text without its secrets, as many as it has. It is given the whole
 * content, since a part of a secret that is in several lines is not known as one: a diff shows only lines near a change, and not all
 * of those.
 */
export function showDifference(
  { path, content, lines }: FileDifference,
  maskedLines: (text: string) => readonly string[],
): Difference {
  const shown = content === undefined ? [] : contentLines(path, content, maskedLines);
  return { path, text: [...shown, ...lines].join('\n') };
}

function contentLines(
  path: string,
  { before, after }: NonNullable<FileDifference['content']>,
  maskedLines: (text: string) => readonly string[],
): readonly string[] {
  const [from, to] = [before ?? '', after ?? ''];
  if (from === '' && to === '') return ['empty file'];
  const [nameBefore, nameAfter] = [before, after].map((text) => (text === undefined ? '/dev/null' : path));
  const patch = structuredPatch(nameBefore ?? path, nameAfter ?? path, from, to, undefined, undefined, {
    context: 3,
    maxEditLength: MOST_EDITS,
  });
  if (patch === undefined) return [`all of it changes: ${from.length} characters -> ${to.length} characters`];
  const [masked, maskedTo] = [maskedLines(from), maskedLines(to)];
  const hunks = patch.hunks.map((hunk) => ({ ...hunk, lines: maskedHunk(hunk, masked, maskedTo) }));
  const all = formatPatch({ ...patch, hunks }, FILE_HEADERS_ONLY)
    .replace(/\n$/, '')
    .split('\n');
  const more = all.length - MOST_LINES;
  return more > 0 ? [...all.slice(0, MOST_LINES), `${more} more lines`] : all;
}

/** The same lines as they are in the masked texts. */
function maskedHunk(
  { oldStart, newStart, lines }: StructuredPatchHunk,
  before: readonly string[],
  after: readonly string[],
): string[] {
  let [from, to] = [oldStart - 1, newStart - 1];
  return lines.map((line) => {
    switch (line[0]) {
      case '-':
        return `-${before[from++] ?? ''}`;
      case '+':
        return `+${after[to++] ?? ''}`;
      case ' ':
        to += 1;
        return ` ${before[from++] ?? ''}`;
      default:
        return line; // that the file has no line break at its end
    }
  });
}
