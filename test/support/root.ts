import { spawnSync } from 'node:child_process';

/** Why a shell of root cannot be had on this machine, or `undefined`. */
export function rootProblem(): string | undefined {
  if (process.getuid?.() === 0 || spawnSync('sudo', ['-n', 'true']).status === 0) return undefined;
  return 'it becomes root on this machine, which takes root or sudo without a password';
}
