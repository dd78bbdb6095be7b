import { statSync, type Stats } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';

/** Where a distribution keeps programs, and root's own ones. */
const OF_THE_SYSTEM = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * `PATH` for what cron or systemd starts: the folders of whoever installs it that are there, then those of the system. For root without
 * those that somebody else may write, who could put programs of his into it.
 */
export function keptPath(path: string, isRoot: boolean): string {
  const own = path.split(':').filter((folder) => isAbsolute(folder) && isFolder(folder));
  const trusted = isRoot ? own.filter((folder) => OF_THE_SYSTEM.includes(folder) || isOnlyRoots(folder)) : own;
  return [...new Set([...trusted, ...OF_THE_SYSTEM])].join(':');
}

const isFolder = (path: string): boolean => statOf(path)?.isDirectory() === true;

/** Nor may any folder above be another one's: he could put another folder into its place. */
function isOnlyRoots(path: string): boolean {
  const found = statOf(path);
  if (found === undefined || found.uid !== 0 || (found.mode & 0o022) !== 0) return false;
  return path === '/' || isOnlyRoots(dirname(path));
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
