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
