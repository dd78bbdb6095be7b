import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { unexpectedOutput } from './support/failure.ts';
import { FILE_SEARCH_SH } from './support/file-search.ts';
import { describeSelection, SELECTION_PARAMS, selectionVariables } from './support/file-selection.ts';
import { FOUND_FILE, LARGEST_AWK, readFound } from './support/found-files.ts';
import { readSearchAnswer } from './support/search-answer.ts';
import { SECTIONS } from './support/sections.ts';
import { USER_NAMES_SH } from './support/user-names.ts';

const LIMIT = 100;

const TEXT = `${SECTIONS}${USER_NAMES_SH}${FILE_SEARCH_SH}
search() { resolve "$@" | walk | awk -v limit="$limit" '${LARGEST_AWK}'; }
section mounts cat /proc/self/mountinfo
[ "$section_code" = 0 ] || { sections_end; exit 0; }
note_mounts
section clock echo "$now"
section found search "$@"
uids=$(printf '%s\\n' "$section_text" | awk 'NR > 1 && !seen[$4]++ { print $4 }')
section users names_of $uids
sections_end
`;

export const action = defineAction({
  name: 'find',
  summary: 'Finds files by name, age and size, and says what they take on disk.',
  notes: `
Links are not followed, except those in \`paths\` themselves. Overlapping paths count once. Names may hold anything: line breaks, quotes, bytes that
are no UTF-8. \`files\` are those that take most space, the largest first, at most \`limit\`; \`count\` and \`total_bytes\` are of all that fit.

What disappears meanwhile is left out. Where a folder below a path cannot be read \`truncated\` is true, and the numbers are lower bounds; when a
path itself cannot be entered the step fails. Where find has no \`-newermt\` (BusyBox), \`older_than\` is rounded up to whole minutes.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    ...SELECTION_PARAMS,
    type: {
      type: { kind: 'string', enum: ['file', 'directory', 'link', 'any'] },
      description: 'What to look for (default `file`).',
      optional: true,
    },
    limit: {
      type: { kind: 'int', minimum: 1, maximum: 5000 },
      description: `At most so many in \`files\` (default ${LIMIT}).`,
      optional: true,
    },
  },
  output: {
    files: { type: { kind: 'list', of: FOUND_FILE }, description: 'Those that take most space, the largest first.' },
    count: { type: { kind: 'int' }, description: 'How many fit in all.' },
    total_bytes: {
      type: { kind: 'int' },
      description:
        'What all of them take on disk; a file with several names counts once when all of them fit, else not at all.',
    },
    truncated: {
      type: { kind: 'bool' },
      description: '`files` does not have all of them, or a folder could not be read.',
    },
  },
  examples: [
    { title: 'Old rotated logs', params: { paths: ['/var/log'], patterns: ['*.gz', '*.[0-9]'], older_than: '7d' } },
    { title: 'What is large', params: { paths: ['/'], min_size: '100MB', limit: 10 } },
  ],
  work: {
    kind: 'script',
    compose(params): Script {
      const paths = params.paths.filter((path) => path !== '');
      return {
        summary: `find in ${describeSelection(params)}`,
        text: TEXT,
        args: paths,
        variables: { ...selectionVariables(params), limit: String(params.limit ?? LIMIT) },
      };
    },
    interpret(answer) {
      const search = readSearchAnswer(answer);
      if (!search.ok) return search.error;
      const { sections, mounts, isPartial } = search.value;
      const found = readFound(sections.get('found'), {
        now: Number(sections.get('clock')?.lines[0]),
        mounts,
        users: new Map((sections.get('users')?.lines ?? []).map((line) => split(line))),
      });
      if (!found.ok) return unexpectedOutput(found.error, answer);
      const { files, count, totalBytes } = found.value;
      const truncated = files.length < count || isPartial;
      return { status: 'ok', output: { files: [...files], count, total_bytes: totalBytes, truncated } };
    },
  },
});

/** `0 root` */
function split(line: string): [string, string] {
  const space = line.indexOf(' ');
  return [line.slice(0, space), line.slice(space + 1)];
}
