import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A host's control groups, one in each hierarchy that systemd uses here (two where the layout is hybrid). */
export function hostCgroups(bridge: string, host: string): string[] {
  return ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified', '/sys/fs/cgroup']
    .filter((hierarchy) => existsSync(join(hierarchy, 'cgroup.procs')))
    .map((hierarchy) => join(hierarchy, 'runbook-fleet', bridge, host));
}

/** All processes of a host but those entered from outside. */
function processesIn(cgroup: string): number[] {
  try {
    const own = readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
    const folders = readdirSync(cgroup, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...own, ...folders.flatMap((folder) => processesIn(join(cgroup, folder.name)))];
  } catch {
    return []; // a group can go between listing and reading
  }
}

/** PID 1 of the host as this machine sees it, or `undefined` before its start, after its end and during its restart. */
export function initProcess(cgroup: string): number | undefined {
  return processesIn(cgroup).find((pid) => {
    try {
      return /^NSpid:\t\d+\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  });
}
