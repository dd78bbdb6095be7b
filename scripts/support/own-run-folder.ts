import { spawnSync } from 'node:child_process';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

const ENTER = ['--mount', '--propagation', 'private', 'sh', '-c'];
const MOUNT = 'mount -t tmpfs -o mode=755 tmpfs /run';

/**
 * The same command with a `/run` of its own, where that can be had. As root the tests of the local transport lock this machine
 * under `/run/runbook`: two test runs at once would meet each other's locks, and leave their ledgers behind.
 */
export function withOwnRunFolder(program: string, args: readonly string[]): Command {
  const canMount = process.getuid?.() === 0 && spawnSync('unshare', [...ENTER, MOUNT]).status === 0;
  if (!canMount) return { program, args };
  return { program: 'unshare', args: [...ENTER, `${MOUNT} && exec "$@"`, 'sh', program, ...args] };
}
