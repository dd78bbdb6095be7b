import { readFileSync } from 'node:fs';

/** Who keeps a fleet: a process of this boot, or (no `process`) whoever calls `down`, until the machine restarts. */
export interface Owner {
  bootId: string;
  process?: { pid: number; startTime: string };
}

export function thisProcess(): Owner {
  return { ...untilDown(), process: { pid: process.pid, startTime: startTime(process.pid) ?? '' } };
}

export function untilDown(): Owner {
  return { bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() };
}

export function isOfThisBoot(owner: Owner): boolean {
  return owner.bootId === untilDown().bootId;
}

export function isAlive(owner: Owner): boolean {
  if (!isOfThisBoot(owner)) return false;
  return !owner.process || startTime(owner.process.pid) === owner.process.startTime;
}

// Field 22 of /proc/PID/stat; the name before it may hold spaces.
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
