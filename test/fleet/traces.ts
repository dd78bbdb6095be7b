import { execute } from './shell.ts';

const LOOK = `{ cat /proc/mounts; ip netns; ip -o link; find /sys/fs/cgroup -type d -path '*runbook-fleet*'; ps -eo args; } |
grep -w -e "$1" -e "$1h[0-9]*" | grep -v -e 'grep -w' -e 'sh -c'`;

/** Mounts, network namespaces, links, control groups and processes with this name in them: of a fleet's bridge, or of one host. */
export async function traces(name: string): Promise<string> {
  const { stdout } = await execute('sh', ['-c', LOOK, 'sh', name]);
  return stdout;
}
