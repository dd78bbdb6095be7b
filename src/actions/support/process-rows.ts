import type { Fields, ObjectType, ValuesOf } from '../../model/type.ts';
import { formatDuration } from '../../util/duration.ts';
import { timestampOf } from './timestamps.ts';

/**
 * POSIX sh, after `PROCESSES_SH`. `print_process` prints two lines about the process that `stat_of` and `uid_of` read last:
 * `process PID PPID UID STATE STARTED PAGES NAME` and `arguments` with its arguments, each before a `\001`; 4,000 bytes at most.
 * Line ends in names and arguments are blanks, so that no process can write a line of another.
 */
export const PROCESS_ROWS_SH = `
print_process() {
  printf 'process %s %s %s %s %s %s %s\\n' "$1" "$parent" "$uid" "$state" "$started" "$pages" "$name"
  first= line=
  { IFS= read -r first <"/proc/$1/cmdline"; } 2>/dev/null
  if [ -n "$first" ]; then line=$({ tr '\\000\\n' '\\001 ' <"/proc/$1/cmdline"; } 2>/dev/null); fi
  printf 'arguments %.4000s\\n' "$line"
}
`;

export const PROCESS = {
  kind: 'object',
  name: 'Process',
  key: 'pid',
  fields: {
    pid: { type: { kind: 'int' }, description: 'Its process id.' },
    parent_pid: {
      type: { kind: 'int' },
      description: 'That of its parent; 0 when that is outside of what is seen here.',
    },
    user: { type: { kind: 'string' }, description: 'Name of its real user; the uid when it has no name.' },
    uid: { type: { kind: 'int' }, description: 'Uid of its real user.' },
    command: { type: { kind: 'string' }, description: 'Its name; the kernel keeps the first 15 bytes.' },
    arguments: {
      type: { kind: 'list', of: { kind: 'string' } },
      description:
        'Its command line with the program first, 4,000 bytes at most; empty for zombies and for threads of the kernel.',
    },
    state: {
      type: { kind: 'string' },
      description:
        'A letter as `ps` has it: `R S D Z T t I`; `D` waits for a device and cannot be ended, `Z` has ended.',
    },
    started: { type: { kind: 'timestamp' }, description: 'When it started.' },
    age: { type: { kind: 'duration' }, description: 'Time since then.' },
    rss_bytes: { type: { kind: 'size' }, description: 'Memory it holds, shared pages included.' },
  },
} as const satisfies ObjectType & { readonly fields: Fields };

export type Process = ValuesOf<typeof PROCESS.fields>;

const ROW = /^process (\d+) (\d+) (\d+) (\S) (\d+) (-?\d+) (.*)$/;
const ARGUMENTS = 'arguments ';

/** What is the same for all rows of one reading. */
export interface RowsContext {
  /** Seconds since 1970. */
  readonly now: number;
  readonly pageBytes: number;
  readonly users: ReadonlyMap<number, string>;
}

/** Reads the two lines of `print_process`; undefined when they are something else. */
export function readProcess(line: string, next: string, { now, pageBytes, users }: RowsContext): Process | undefined {
  const [, pid, parent, uid, state, started, pages, command] = ROW.exec(line) ?? [];
  if (state === undefined || command === undefined || !next.startsWith(ARGUMENTS)) return undefined;
  const words = next.slice(ARGUMENTS.length).replace(/\u0001$/, '');
  return {
    pid: Number(pid),
    parent_pid: Number(parent),
    user: users.get(Number(uid)) ?? String(uid),
    uid: Number(uid),
    command,
    arguments: words === '' ? [] : words.split('\u0001'),
    state,
    started: timestampOf(Number(started)),
    age: formatDuration(Math.max(0, now - Number(started)) * 1000),
    rss_bytes: Math.max(0, Number(pages)) * pageBytes,
  };
}
