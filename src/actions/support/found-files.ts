import type { ValueOf } from '../../model/type.ts';
import { formatDuration } from '../../util/duration.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { RECORDS_AWK, unescaped } from './file-search.ts';
import { sharedMountOf, type Mount } from './mount-table.ts';
import { excerpt, type Section } from './sections.ts';
import { timestampOf } from './timestamps.ts';

/** One file in expressions. */
export const FOUND_FILE = {
  kind: 'object',
  name: 'FoundFile',
  key: 'path',
  fields: {
    path: {
      type: { kind: 'string' },
      description: 'Where it is; bytes that are no UTF-8 are shown as the sign U+FFFD.',
    },
    type: {
      type: { kind: 'string', enum: ['file', 'directory', 'link', 'other'] },
      description: 'What it is.',
    },
    size_bytes: { type: { kind: 'int' }, description: 'Its length.' },
    disk_bytes: {
      type: { kind: 'int' },
      description: 'What it takes on disk: less than its length when it has holes.',
    },
    modified: { type: { kind: 'timestamp' }, description: 'When it was last modified.' },
    age: { type: { kind: 'duration' }, description: 'How long ago that is; 0s when it is in the future.' },
    owner: { type: { kind: 'string' }, description: 'Name of its owner, else the uid.' },
    mode: { type: { kind: 'string' }, description: 'Its mode bits, four octal digits.' },
    mount: { type: { kind: 'string' }, description: 'Its file system, by the mount that `disk_usage` lists.' },
  },
} as const;

export type FoundFile = ValueOf<typeof FOUND_FILE>;

/** All lines together: of an answer of more than two MiB the middle is lost. */
const MAX_TEXT = 800_000;

/**
 * awk after `RECORDS_AWK`. Prints `COUNT BYTES` of all records, then of those that take most space, at most `limit`, a line
 * `SIZE BYTES MODIFIED UID MODE PATH`, in no order. The bytes of a file with several names count when all of them are among the records:
 * they are free only then. A heap holds the lines, so memory grows with `limit` and the names of such files.
 */
export const LARGEST_AWK = `${RECORDS_AWK}
function judge(  bytes, line) {
  bytes = field[2] * field[3]
  count++
  if (field[6] !~ /^8/ || field[7] == 1 || ++names[field[8]] == field[7]) total += bytes
  if (filled == limit && bytes <= key[1]) return
  line = field[1] " " sprintf("%.0f", bytes) " " field[4] " " field[5] " " field[6] " " escaped(path)
  put(bytes, line)
  while (filled > limit || held > ${MAX_TEXT}) drop()
}
function put(bytes, line,  i, parent) {
  i = ++filled
  held += length(line)
  while (i > 1 && key[parent = int(i / 2)] > bytes) {
    key[i] = key[parent]; text[i] = text[parent]; i = parent
  }
  key[i] = bytes; text[i] = line
}
function drop(  i, child, bytes, line) {
  held -= length(text[1])
  bytes = key[filled]; line = text[filled]
  filled--
  i = 1
  while ((child = 2 * i) <= filled) {
    if (child < filled && key[child + 1] < key[child]) child++
    if (key[child] >= bytes) break
    key[i] = key[child]; text[i] = text[child]; i = child
  }
  key[i] = bytes; text[i] = line
}
function done(  i) {
  printf "%d %.0f\\n", count, total
  for (i = 1; i <= filled; i++) print text[i]
}
`;

export interface Found {
  readonly files: readonly FoundFile[];
  readonly count: number;
  readonly totalBytes: number;
}

/** Reads what `LARGEST_AWK` printed: the files that take most space first. `now` is in seconds, by the clock of the host. */
export function readFound(
  section: Section | undefined,
  { now, mounts, users }: { now: number; mounts: readonly Mount[]; users: ReadonlyMap<string, string> },
): Result<Found, string> {
  const [head = '', ...lines] = section?.lines ?? [];
  const [, count, totalBytes] = /^(\d+) (\d+)$/.exec(head) ?? [];
  if (section?.code !== 0 || count === undefined || totalBytes === undefined)
    return err(`the list of files is incomplete: ${excerpt(head)}`);
  const files: FoundFile[] = [];
  for (const line of lines) {
    const [, size, bytes, modified, uid = '', mode = '', escapedPath = ''] = FILE.exec(line) ?? [];
    if (size === undefined) return err(`not a file of the list: ${excerpt(line)}`);
    const path = unescaped(escapedPath);
    const bits = Number.parseInt(mode, 16);
    files.push({
      path,
      type: TYPES.get(bits >> 12) ?? 'other',
      size_bytes: Number(size),
      disk_bytes: Number(bytes),
      modified: timestampOf(Number(modified)),
      age: formatDuration(Math.max(0, now - Number(modified)) * 1000),
      owner: users.get(uid) ?? uid,
      mode: (bits & 0o7777).toString(8).padStart(4, '0'),
      mount: sharedMountOf(path, mounts)?.mount ?? '',
    });
  }
  files.sort((a, b) => b.disk_bytes - a.disk_bytes || (a.path < b.path ? -1 : 1));
  return ok({ files, count: Number(count), totalBytes: Number(totalBytes) });
}

const FILE = /^(\d+) (\d+) (-?\d+) (\d+) ([0-9a-f]+) (.+)$/;
const TYPES = new Map<number, FoundFile['type']>([
  [0o10, 'file'],
  [0o4, 'directory'],
  [0o12, 'link'],
]);
