import type { ValueOf } from '../../model/type.ts';
import { formatDuration } from '../../util/duration.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { unitOfCgroup } from './cgroup-unit.ts';
import { excerpt } from './sections.ts';
import { timestampOf } from './timestamps.ts';

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
    commands: {
      type: { kind: 'list', of: { kind: 'string' } },
      description: 'Names of these children, each once; at most 8.',
    },
    oldest: {
      type: { kind: 'duration' },
      description: 'Since the first of them started; the kernel does not tell when it ended.',
    },
    first_process: { type: { kind: 'bool' }, description: 'It is the first process of the host.' },
    container: { type: { kind: 'bool' }, description: 'It is in a container, with pids of its own.' },
    stopped: {
      type: { kind: 'bool' },
      description:
        'It is stopped or watched by a debugger, or one of its zombies is (the first 16 are looked at): it cannot take note of their end now.',
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
const COUNT = /^count (\d+)$/;
const PARENT = /^parent (\d+) (\d+) (\S) (\d+) (\d+) (\d+) (\d+) (.*)$/;
const ZOMBIES = /^zombies (\d+) (\d+) (\d+) (\d+) (yes|no)$/;

/** Reads what `ZOMBIES_SH` printed. */
export function readZombies(stdout: string): Result<SeenZombies, string> {
  const [first = '', second = '', ...lines] = stdout.replace(/\n$/, '').split('\n');
  const [, now, tasks, tasksMax] = HOST.exec(first) ?? [];
  if (tasksMax === undefined) return err(`unexpected output: ${excerpt(first)}`);
  if (second === 'end') return err('the processes could not all be read');
  if (lines.pop() !== 'end') return err('the output is cut short');
  const [, count] = COUNT.exec(second) ?? [];
  if (count === undefined) return err(`unexpected output: ${excerpt(second)}`);
  const parents: ZombieParent[] = [];
  for (let index = 0; index < lines.length;) {
    const from = index;
    index += 3;
    while (lines[index]?.startsWith('child ') === true) index += 1;
    const parent = readParent(lines.slice(from, index), Number(now));
    if (parent === undefined) return err(`unexpected output: ${excerpt(lines[from] ?? '')}`);
    parents.push(parent);
  }
  return ok({
    tasks: Number(tasks),
    tasksMax: Number(tasksMax),
    count: Number(count),
    parents: parents.toSorted((a, b) => b.zombies - a.zombies || a.pid - b.pid),
  });
}

function readParent([line = '', path = '', counts = '', ...children]: string[], now: number): ZombieParent | undefined {
  const [, pid, started, state, tracer, depth, tasks, tasksMax, command] = PARENT.exec(line) ?? [];
  const [, both, before, after, oldest, watched] = ZOMBIES.exec(counts) ?? [];
  if (command === undefined || watched === undefined || !path.startsWith('path ')) return undefined;
  return {
    pid: Number(pid),
    command,
    unit: unitOfCgroup(path.slice('path '.length)),
    started: timestampOf(Number(started)),
    zombies: Number(both),
    more: Number(after) - Number(before),
    commands: children.map((child) => child.slice('child '.length)).toSorted(),
    oldest: formatDuration(Math.max(0, now - Number(oldest)) * 1000),
    first_process: pid === '1',
    container: depth !== '0',
    stopped: state === 'T' || state === 't' || tracer !== '0' || watched === 'yes',
    tasks: Number(tasks),
    tasks_max: Number(tasksMax),
  };
}
