import { unitOfCgroup } from './cgroup-unit.ts';
import type { LogLine } from './log-lines.ts';

/** What each of the kernel's lines about a kill holds one of. */
export const OOM_LITERALS = ['Killed process ', 'oom-kill:constraint=', ' killed as a result of limit of '] as const;

export interface OomKill {
  /** Seconds since 1970. */
  readonly seconds: number;
  readonly pid: number;
  readonly command: string;
  /** From the cgroup path of the process; empty if unknown. */
  readonly unit: string;
  readonly scope: 'host' | 'cgroup';
  /** Anonymous, file and shared pages. */
  readonly rssBytes: number;
}

// Killed process 812 (apache2) total-vm:9000kB, anon-rss:800kB, file-rss:0kB, shmem-rss:0kB ...
const KILLED = /(Memory cgroup out of memory: )?Killed process (\d+) \((.*?)\),? (?:UID \d+, )?total-vm:(.*)$/;
// oom-kill:constraint=CONSTRAINT_MEMCG,...,task_memcg=/system.slice/apache2.service,task=apache2,pid=812,uid=33 (since Linux 4.19)
const SUMMARY = /oom-kill:constraint=(\w+),.*,task_memcg=(.*),task=.*,pid=(\d+),uid=\d+/;
// Task in /system.slice/apache2.service killed as a result of limit of /system.slice/apache2.service (before)
const LIMIT = /Task in (\S+) killed as a result of limit of /;

/** Pairs each kill with what the kernel said about its cgroup just before. `lines` in the order of the log. */
export function readOomKills(lines: readonly LogLine[]): readonly OomKill[] {
  const kills: OomKill[] = [];
  let announced: { readonly pid: number | undefined; readonly path: string; readonly inCgroup: boolean } | undefined;
  for (const { seconds, text } of lines) {
    const [, constraint, path, announcedPid] = SUMMARY.exec(text) ?? [];
    if (path !== undefined) {
      announced = { pid: Number(announcedPid), path, inCgroup: constraint === 'CONSTRAINT_MEMCG' };
      continue;
    }
    const limited = LIMIT.exec(text)?.[1];
    if (limited !== undefined) {
      announced = { pid: undefined, path: limited, inCgroup: true };
      continue;
    }
    const [, cgroup, digits, command, sizes] = KILLED.exec(text) ?? [];
    if (digits === undefined || command === undefined || sizes === undefined) continue;
    const pid = Number(digits);
    const own = announced !== undefined && (announced.pid ?? pid) === pid ? announced : undefined;
    kills.push({
      seconds,
      pid,
      command,
      unit: unitOfCgroup(own?.path ?? ''),
      scope: cgroup !== undefined || own?.inCgroup === true ? 'cgroup' : 'host',
      rssBytes: residentBytes(sizes),
    });
    announced = undefined;
  }
  return kills;
}

function residentBytes(sizes: string): number {
  return [...sizes.matchAll(/\b(?:anon|file|shmem)-rss:(\d+)kB/g)].reduce((sum, [, kB]) => sum + Number(kB) * 1024, 0);
}
