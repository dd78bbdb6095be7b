import type { ValueOf } from '../../model/type.ts';
import { formatDuration } from '../../util/duration.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { unitOfCgroup } from './cgroup-unit.ts';
import { HOST_CLOCK_SH } from './host-clock.ts';
import { PROCESSES_SH } from './processes.ts';
import { excerpt } from './sections.ts';
import { timestampOf } from './timestamps.ts';

/**
 * Looks twice, `runbook_watch` hundredths of a second apart. Prints `host NOW TASKS TASKS_MAX`, for each look N a line
 * `zombie N PID PARENT STARTED TRACER NAME` for each zombie, then three lines for each parent: `parent PID STARTED STATE TRACER DEPTH TASKS TASKS_MAX NAME`
 * (DEPTH: in how many nested pid namespaces it is; TASKS_MAX 0: its control group has no limit), `path CGROUP`, and at last `end`.
 */
export const ZOMBIES_SH = `
[ -r /proc/stat ] || { echo 'there is no /proc' >&2; exit 69; }
${PROCESSES_SH}${HOST_CLOCK_SH}
if [ "$visible" != yes ]; then
  echo 'processes are hidden from this login: become root' >&2
  exit 69
fi
status_of() {
  tracer=0 depth=0
  { while read -r word value rest; do
    case $word in
      TracerPid:) tracer=$value ;;
      NSpid:) set -- $rest; depth=$# ;;
    esac
  done <"/proc/$1/status"; } 2>/dev/null
}
look_round() {
  parents=' '
  for folder in /proc/[0-9]*; do
    pid=\${folder#/proc/}
    stat_of "$pid" || continue
    case $state$threads in Z[01]) ;; *) continue ;; esac
    if [ "$parent" = "$$" ]; then continue; fi
    status_of "$pid"
    echo "zombie $1 $pid $parent $started $tracer $name"
    case $parents in *" $parent "*) ;; *) parents="$parents$parent " ;; esac
  done
}
group_of() {
  path= group=
  { while IFS= read -r line; do
    case $line in
      0::*) path=\${line#*:*:}; [ -n "$group" ] || group=/sys/fs/cgroup$path ;;
      *:name=systemd:*) path=\${line#*:*:} ;;
      *:pids:* | *:pids,*:* | *,pids:* | *,pids,*:*) group=/sys/fs/cgroup/pids\${line#*:*:} ;;
    esac
  done <"/proc/$1/cgroup"; } 2>/dev/null
}
# The tightest limit may be that of a group around it.
tasks_in() {
  tasks=0 tasks_max=0
  while [ -n "$group" ] && [ "$group" != /sys/fs/cgroup ]; do
    if { read -r most <"$group/pids.max" && read -r current <"$group/pids.current"; } 2>/dev/null && [ "$most" != max ]; then
      if [ "$tasks_max" = 0 ] || [ $((most - current)) -lt $((tasks_max - tasks)) ]; then tasks=$current tasks_max=$most; fi
    fi
    group=\${group%/*}
  done
}
read -r first second third running rest </proc/loadavg
# Through cat: a shell that reads byte by byte gets only the first digit of these.
pid_max=$(cat /proc/sys/kernel/pid_max) threads_max=$(cat /proc/sys/kernel/threads-max)
[ "$pid_max" -lt "$threads_max" ] || pid_max=$threads_max
echo "host $now \${running#*/} $pid_max"
look_round 1
pause "$runbook_watch"
look_round 2
for pid in $parents; do
  stat_of "$pid" || continue
  status_of "$pid"
  group_of "$pid"
  tasks_in
  printf 'parent %s %s %s %s %s %s %s %s\\npath %s\\n' "$pid" "$started" "$state" "$tracer" "$depth" "$tasks" "$tasks_max" "$name" "$path"
done
echo end
`;

export const ZOMBIE_PARENT = {
  kind: 'object',
  name: 'ZombieParent',
  key: 'pid',
  fields: {
    pid: { type: { kind: 'int' }, description: 'Its pid.' },
    command: { type: { kind: 'string' }, description: 'Its name.' },
    unit: { type: { kind: 'string' }, description: 'The unit it runs in; empty if unknown.' },
    started: { type: { kind: 'timestamp' }, description: 'When it started.' },
    zombies: { type: { kind: 'int' }, description: 'Children of it that were zombies at both looks.' },
    more: { type: { kind: 'int' }, description: 'How many more it had at the second look; negative: fewer.' },
    commands: { type: { kind: 'list', of: { kind: 'string' } }, description: 'Names of these children, each once.' },
    oldest: {
      type: { kind: 'duration' },
      description: 'Since the first of them started; the kernel does not tell when it ended.',
    },
    first_process: { type: { kind: 'bool' }, description: 'It is the first process of the host.' },
    container: { type: { kind: 'bool' }, description: 'It is in a container, with pids of its own.' },
    stopped: {
      type: { kind: 'bool' },
      description: 'It is stopped or watched by a debugger, or its zombies are: it cannot take note of their end now.',
    },
    tasks: {
      type: { kind: 'int' },
      description: 'Tasks in its control group, zombies too; 0 where these have no limit.',
    },
    tasks_max: {
      type: { kind: 'int' },
      description: 'How many may be there (`TasksMax`, `pids.max`; the tightest around it); 0: no limit.',
    },
  },
} as const;

type ZombieParent = ValueOf<typeof ZOMBIE_PARENT>;

export interface SeenZombies {
  readonly tasks: number;
  readonly tasksMax: number;
  /** At both looks. */
  readonly count: number;
  /** Those with the most zombies first. */
  readonly parents: readonly ZombieParent[];
}

const HOST = /^host (\d+) (\d+) (\d+)$/;
const ZOMBIE = /^zombie ([12]) (\d+) (\d+) (\d+) (\d+) (.*)$/;
const PARENT = /^parent (\d+) (\d+) (\S) (\d+) (\d+) (\d+) (\d+) (.*)$/;

interface Zombie {
  readonly look: string;
  readonly pid: string;
  readonly parent: string;
  readonly started: string;
  readonly traced: boolean;
  readonly name: string;
}

/** Reads what `ZOMBIES_SH` printed. */
export function readZombies(stdout: string): Result<SeenZombies, string> {
  const [first = '', ...lines] = stdout.replace(/\n$/, '').split('\n');
  const [, now, tasks, tasksMax] = HOST.exec(first) ?? [];
  if (tasksMax === undefined) return err(`unexpected output: ${excerpt(first)}`);
  if (lines.pop() !== 'end') return err('the output is cut short');
  const zombies: Zombie[] = [];
  const parents: ZombieParent[] = [];
  const both = (): readonly Zombie[] => {
    const before = new Set(zombies.filter(({ look }) => look === '1').map(identity));
    return zombies.filter((zombie) => zombie.look === '2' && before.has(identity(zombie)));
  };
  let lasting: readonly Zombie[] | undefined;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const zombie = readZombie(line);
    if (zombie !== undefined) {
      zombies.push(zombie);
      continue;
    }
    lasting ??= both();
    index += 1;
    const parent = readParent(line, lines[index] ?? '', { now: Number(now), zombies, lasting });
    if (parent === undefined) return err(`unexpected output: ${excerpt(line)}`);
    if (parent.zombies > 0) parents.push(parent);
  }
  lasting ??= both();
  return ok({
    tasks: Number(tasks),
    tasksMax: Number(tasksMax),
    count: lasting.length,
    parents: parents.toSorted((a, b) => b.zombies - a.zombies || a.pid - b.pid),
  });
}

function identity({ pid, started }: Zombie): string {
  return `${pid} ${started}`;
}

function readZombie(line: string): Zombie | undefined {
  const [, look, pid, parent, started, tracer, name] = ZOMBIE.exec(line) ?? [];
  if (look === undefined || pid === undefined || parent === undefined) return undefined;
  return { look, pid, parent, started: started ?? '', traced: tracer !== '0' && tracer !== parent, name: name ?? '' };
}

interface Round {
  readonly now: number;
  readonly zombies: readonly Zombie[];
  readonly lasting: readonly Zombie[];
}

function readParent(line: string, next: string, { now, zombies, lasting }: Round): ZombieParent | undefined {
  const [, pid, started, state, tracer, depth, tasks, tasksMax, command] = PARENT.exec(line) ?? [];
  if (pid === undefined || command === undefined || !next.startsWith('path ')) return undefined;
  const own = lasting.filter(({ parent }) => parent === pid);
  const countOf = (look: string): number =>
    zombies.filter((zombie) => zombie.parent === pid && zombie.look === look).length;
  const oldest = Math.min(now, ...own.map((zombie) => Number(zombie.started)));
  return {
    pid: Number(pid),
    command,
    unit: unitOfCgroup(next.slice('path '.length)),
    started: timestampOf(Number(started)),
    zombies: own.length,
    more: countOf('2') - countOf('1'),
    commands: [...new Set(own.map(({ name }) => name))].toSorted(),
    oldest: formatDuration((now - oldest) * 1000),
    first_process: pid === '1',
    container: depth !== '0',
    stopped: state === 'T' || state === 't' || tracer !== '0' || own.some(({ traced }) => traced),
    tasks: Number(tasks),
    tasks_max: Number(tasksMax),
  };
}
