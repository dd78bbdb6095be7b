import { basename } from 'node:path';
import { defineAction } from '../model/action.ts';
import { parseDuration } from '../util/duration.ts';
import { err, ok, type Result } from '../util/result.ts';
import { commandLine } from '../util/command-line.ts';
import { failed, lastLine, unexpectedOutput } from './support/failure.ts';
import { PROCESS, PROCESS_ROWS_SH, readProcess, type Process } from './support/process-rows.ts';
import { PROCESSES_SH } from './support/processes.ts';
import { excerpt } from './support/sections.ts';
import { USER_NAMES_SH } from './support/user-names.ts';

/** The kernel's names of processes have no more bytes. */
const NAME_BYTES = 15;

// The shell that looks, and what it starts for looking, is none of the host's own.
const LIST_SH = `
case $runbook_user in
  *[!0-9]*) wanted_uid=$(id -u -- "$runbook_user" 2>/dev/null) || wanted_uid=none ;;
  *) wanted_uid=$runbook_user ;;
esac
if [ "$visible" != yes ]; then # its own ones too, when they had another user once
  echo 'processes are hidden from this login: become root' >&2
  exit 69
fi
list() {
  uids=
  for directory in /proc/[0-9]*; do
    pid=\${directory#/proc/}
    stat_of "$pid" || continue
    if [ "$pid" = "$$" ] || [ "$parent" = "$$" ]; then continue; fi
    case $runbook_name in '' | "$name"*) ;; *) continue ;; esac
    if [ -n "$runbook_age" ] && [ $((now - started)) -lt "$runbook_age" ]; then continue; fi
    uid_of "$pid" || continue
    if [ -n "$wanted_uid" ] && [ "$uid" != "$wanted_uid" ]; then continue; fi
    print_process "$pid"
    case " $uids" in *" $uid "*) ;; *) uids="$uids$uid " ;; esac
  done
  echo users
  names_of $uids
}
echo "host $now $(getconf PAGESIZE 2>/dev/null || echo 4096)"
list
echo end
`;

const TEXT = [
  `[ -r /proc/stat ] || { echo 'there is no /proc' >&2; exit 69; }`,
  PROCESSES_SH,
  PROCESS_ROWS_SH,
  USER_NAMES_SH,
  LIST_SH,
].join('');

export const action = defineAction({
  name: 'processes',
  summary: 'Lists processes of the host.',
  notes: [
    'Without params all processes are listed, zombies and threads of the kernel too; several params narrow the list together.',
    'Everything comes from /proc, so that it needs no program there. Where processes are hidden from the login (`hidepid`), the step',
    'fails: `become: true`.',
    '',
    'Command lines may hold passwords; `no_log: true` keeps the list out of the records.',
  ].join('\n'),
  effect: 'reads',
  risk: 'none',
  idempotent: true,
  params: {
    name: {
      type: { kind: 'string' },
      description: 'The exact name of the command, such as `apache2`; not its path.',
      optional: true,
    },
    user: {
      type: { kind: 'string', pattern: '^[^-]|^$', form: 'a name or a uid' },
      description: 'The real user, by name or uid; one that is unknown has no processes.',
      optional: true,
    },
    contains: {
      type: { kind: 'string' },
      description: 'Text that the command line has, its words joined by blanks.',
      optional: true,
    },
    older_than: { type: { kind: 'duration' }, description: 'Only those that started longer ago.', optional: true },
  },
  output: {
    processes: { type: { kind: 'list', of: PROCESS }, description: 'In the order of their pids.' },
    count: { type: { kind: 'int' }, description: 'How many they are.' },
  },
  examples: [
    { title: 'Backups that hang', params: { name: 'rsync', user: 'backup', older_than: '6h' } },
    { title: 'By what it was started with', params: { contains: '/srv/app/worker.py' } },
  ],
  work: {
    kind: 'script',
    compose(params) {
      const { name = '', user = '', older_than: olderThan } = params;
      const age = olderThan === undefined ? undefined : parseDuration(olderThan);
      return {
        summary: summaryOf(params),
        text: TEXT,
        variables: {
          runbook_name: name,
          runbook_user: user,
          runbook_age: age?.ok === true ? String(Math.ceil(age.value / 1000)) : '',
        },
      };
    },
    interpret(answer, { name = '', contains = '' }) {
      if (answer.code === 69) return failed('cannot-check', lastLine(answer.stderr.text));
      if (answer.stdout.truncated)
        return failed('output', 'there are too many processes to list; narrow them by name, user or older_than');
      const read = readList(answer.stdout.text);
      if (!read.ok) return unexpectedOutput(read.error, answer);
      const processes = read.value
        .filter((process) => name === '' || isNamed(process, name))
        .filter((process) => process.arguments.join(' ').includes(contains))
        .toSorted((a, b) => a.pid - b.pid);
      return { status: 'ok', output: { processes, count: processes.length } };
    },
  },
});

interface Selection {
  readonly name?: string;
  readonly user?: string;
  readonly contains?: string;
  readonly older_than?: string;
}

function summaryOf({ name = '', user = '', contains = '', older_than: age = '' }: Selection): string {
  const parts = [
    ...(name === '' ? [] : [`named ${commandLine([name])}`]),
    ...(user === '' ? [] : [`of user ${commandLine([user])}`]),
    ...(contains === '' ? [] : [`with ${commandLine([contains])} in the command line`]),
    ...(age === '' ? [] : [`older than ${age}`]),
  ];
  return `list ${parts.length === 0 ? 'all ' : ''}processes ${parts.join(', ')}`.trim();
}

/** A name that may have been cut off is compared with the program that was started. */
function isNamed({ command, arguments: [program = ''] }: Process, name: string): boolean {
  if (command === name) return true;
  return Buffer.byteLength(command) >= NAME_BYTES && name.startsWith(command) && basename(program) === name;
}

function readList(stdout: string): Result<readonly Process[], string> {
  const [first = '', ...lines] = stdout.replace(/\n$/, '').split('\n');
  const [, now, pageBytes] = /^host (\d+) (\d+)$/.exec(first) ?? [];
  if (pageBytes === undefined) return err(`unexpected output: ${excerpt(first)}`);
  const end = lines.lastIndexOf('users');
  if (end < 0 || lines.pop() !== 'end') return err('the output is cut short');
  const users = new Map(
    lines.slice(end + 1).map((line) => {
      const [uid = '', name = ''] = line.split(' ');
      return [Number(uid), name] as const;
    }),
  );
  const processes: Process[] = [];
  for (let at = 0; at < end; at += 2) {
    const process = readProcess(lines[at] ?? '', lines[at + 1] ?? '', {
      now: Number(now),
      pageBytes: Number(pageBytes),
      users,
    });
    if (process === undefined) return err(`unexpected output: ${excerpt(lines[at] ?? '')}`);
    processes.push(process);
  }
  return ok(processes);
}
