import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessId } from '../model/event.ts';

/** `elsewhere`: cannot be told from here, as on another machine that shares the store. */
export type ProcessState = 'alive' | 'gone' | 'elsewhere';

/** Fields of `/proc/PID/stat` after the name, which may hold anything: state is the first, the start time the twentieth (proc(5)). */
const START_TIME = 19;

/** This process, for the record. */
export function thisProcess(): ProcessId {
  return { machine: hostname(), pid: process.pid, startTime: look(process.pid)?.startTime ?? '', bootId: bootId() };
}

/** The very same process, also when its machine was renamed since. */
export const isSameProcess = (one: ProcessId, other: ProcessId): boolean =>
  one.pid === other.pid && one.startTime === other.startTime && one.bootId === other.bootId;

/** Whether it lives. A zombie is gone: it writes nothing more. */
export function stateOf(asked: ProcessId): ProcessState {
  const here = bootId();
  const found = look(asked.pid);
  if (here === '' || asked.startTime === '') return guess(asked);
  const isIt = asked.bootId === here && found?.startTime === asked.startTime;
  // The kernel's word outweighs a name that was changed since.
  if (isIt) return found.isZombie ? 'gone' : 'alive';
  if (asked.machine !== hostname()) return 'elsewhere';
  return asked.bootId === here && found === undefined ? guess(asked) : 'gone';
}

/** Without a start time to compare: that there is no such pid is sure, that one is the same process is not. */
function guess({ machine, pid }: ProcessId): ProcessState {
  if (machine !== hostname()) return 'elsewhere';
  try {
    process.kill(pid, 0);
    return 'elsewhere';
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ESRCH' ? 'gone' : 'elsewhere';
  }
}

const look = (pid: number): Seen | undefined => readStat(read(`/proc/${pid}/stat`));

interface Seen {
  readonly startTime: string;
  readonly isZombie: boolean;
}

/** What `/proc/PID/stat` holds; undefined: there is no such process. Its name may hold anything. */
export function readStat(stat: string): Seen | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTime = fields[START_TIME] ?? '';
  return startTime === '' ? undefined : { startTime, isZombie: 'ZX'.includes(fields[0] ?? '') };
}

const bootId = (): string => read('/proc/sys/kernel/random/boot_id').trim();

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
