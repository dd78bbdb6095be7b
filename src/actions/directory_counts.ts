import { defineAction } from '../model/action.ts';
import type { Script } from '../model/script.ts';
import { commandLine } from '../util/command-line.ts';
import { err, ok, type Result } from '../util/result.ts';
import { DIRECTORY_RANKING_AWK } from './support/directory-ranking.ts';
import { unexpectedOutput } from './support/failure.ts';
import { FILE_SEARCH_SH, unescaped } from './support/file-search.ts';
import { SELECTION_PARAMS } from './support/file-selection.ts';
import { sharedMountOf, type Mount } from './support/mount-table.ts';
import { readSearchAnswer } from './support/search-answer.ts';
import { excerpt, SECTIONS } from './support/sections.ts';

const TOP = 10;

const TEXT = `${SECTIONS}${FILE_SEARCH_SH}
count() { resolve "$@" | walk | awk -v top="$top" -v by="$by" '${DIRECTORY_RANKING_AWK}'; }
section mounts cat /proc/self/mountinfo
[ "$section_code" = 0 ] || { sections_end; exit 0; }
note_mounts
section directories count "$@"
sections_end
`;

export const action = defineAction({
  name: 'directory_counts',
  summary: 'Names the directories that hold most files, or most bytes.',
  notes: `
Counts what lies directly in a directory, not what is below it: so the directory is named in which the files really are. Links are not followed, what is
mounted below a path is left out. A file with several names counts for its share. It looks at every file once: some 200,000 in a second or two;
give the step a \`timeout\` where millions are to be expected.

\`truncated\` is true where a folder below a path could not be read.
`.trim(),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    paths: SELECTION_PARAMS.paths,
    top: {
      type: { kind: 'int', minimum: 1, maximum: 100 },
      description: `How many to name (default ${TOP}).`,
      optional: true,
    },
    by: {
      type: { kind: 'string', enum: ['entries', 'bytes'] },
      description: 'What to rank them by (default `entries`).',
      optional: true,
    },
  },
  output: {
    directories: {
      type: {
        kind: 'list',
        of: {
          kind: 'object',
          name: 'DirectoryCount',
          key: 'path',
          fields: {
            path: { type: { kind: 'string' }, description: 'The directory.' },
            entries: {
              type: { kind: 'int' },
              description: 'How many files, directories and links lie directly in it.',
            },
            disk_bytes: { type: { kind: 'int' }, description: 'What these take on disk.' },
            mount: { type: { kind: 'string' }, description: 'Its file system, by the mount that `disk_usage` lists.' },
          },
        },
      },
      description: 'Those with most, the first one most.',
    },
    truncated: { type: { kind: 'bool' }, description: 'A folder could not be read: the numbers are lower bounds.' },
  },
  examples: [
    { title: 'Where the inodes are', params: { paths: ['/'] } },
    { title: 'Where the bytes are', params: { paths: ['/var'], by: 'bytes', top: 5 } },
  ],
  work: {
    kind: 'script',
    compose({ paths, top = TOP, by = 'entries' }): Script {
      const places = paths.filter((path) => path !== '');
      const where = places.length === 0 ? 'no folder' : commandLine(places);
      return {
        summary: `count what lies in each directory of ${where}`,
        text: TEXT,
        args: places,
        variables: {
          top: String(top),
          by,
          older: '',
          min_size: '',
          patterns: '',
          excludes: '',
          type: '',
          one_fs: 'yes',
        },
      };
    },
    interpret(answer) {
      const search = readSearchAnswer(answer);
      if (!search.ok) return search.error;
      const { sections, mounts, isPartial } = search.value;
      const directories = readDirectories(sections.get('directories')?.lines ?? [], mounts);
      if (!directories.ok) return unexpectedOutput(directories.error, answer);
      return { status: 'ok', output: { directories: directories.value, truncated: isPartial } };
    },
  },
});

function readDirectories(lines: readonly string[], mounts: readonly Mount[]): Result<DirectoryCount[], string> {
  if (lines.at(-1) !== 'end') return err('the list of directories is cut short');
  const directories = [];
  for (const line of lines.slice(0, -1)) {
    const [, entries, bytes, escapedPath = ''] = /^(\d+) (\d+) (.+)$/.exec(line) ?? [];
    if (entries === undefined) return err(`not a directory of the list: ${excerpt(line)}`);
    const path = unescaped(escapedPath);
    const mount = sharedMountOf(path, mounts)?.mount ?? '';
    directories.push({ path, entries: Number(entries), disk_bytes: Number(bytes), mount });
  }
  return ok(directories);
}

interface DirectoryCount {
  readonly path: string;
  readonly entries: number;
  readonly disk_bytes: number;
  readonly mount: string;
}
