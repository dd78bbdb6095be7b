import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const FREEZER = '/sys/fs/cgroup/freezer';

/**
 * Puts the process of this machine with that command line into a frozen control group: it is in D state, and no signal reaches it until
 * what this resolves with is called, which may be called twice. `undefined` where the kernel has no such groups.
 */
export async function freeze(commandLine: string): Promise<(() => Promise<void>) | undefined> {
  if (!existsSync(join(FREEZER, 'cgroup.procs'))) return undefined;
  const pid = execFileSync('pgrep', ['-x', '-f', commandLine], { encoding: 'utf8' }).trim();
  const before = /:freezer:(.*)/.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '/';
  const group = join(FREEZER, `runbook-test-${process.pid}`);
  const state = join(group, 'freezer.state');
  mkdirSync(group, { recursive: true });
  writeFileSync(join(group, 'cgroup.procs'), pid);
  writeFileSync(state, 'FROZEN');
  while (readFileSync(state, 'utf8').trim() !== 'FROZEN') await sleep(10);
  return async () => {
    if (!existsSync(group)) return;
    writeFileSync(state, 'THAWED');
    while (existsSync(group)) {
      if (existsSync(`/proc/${pid}`)) writeFileSync(join(FREEZER, before, 'cgroup.procs'), pid);
      else rmdirSync(group);
      await sleep(10);
    }
  };
}
