import { posix } from 'node:path';
import type { Mutex } from './apache-config.ts';

export const WANTED_MECHANISMS = ['file', 'fcntl', 'flock', 'posixsem', 'pthread', 'sysvsem', 'default'] as const;
type WantedMechanism = (typeof WANTED_MECHANISMS)[number];

/** What is asked for; `dir` only of mechanisms that lock a file. */
export interface MutexParams {
  readonly mechanism: WantedMechanism;
  readonly dir?: string | undefined;
}

/** The names under which Apache may report it: `file` is whatever the system has for files. */
export function reportedAs(mechanism: WantedMechanism): readonly string[] {
  return mechanism === 'file' ? ['file', 'fcntl', 'flock'] : [mechanism];
}

export function locksFile(mechanism: string): boolean {
  return ['file', 'fcntl', 'flock'].includes(mechanism);
}

/** Whether a mutex, as Apache reports it, is as wanted. A directory counts only when one is asked for. */
export function isAsWanted({ mechanism, directory }: Mutex, { mechanism: wanted, dir }: MutexParams): boolean {
  if (!reportedAs(wanted).includes(mechanism.toLowerCase())) return false;
  return dir === undefined || !locksFile(wanted) || posix.resolve(directory || '/') === posix.resolve(dir);
}

/**
 * The first argument of `Mutex`. The directory is the one that is asked for, else the one of Apache's environment, by its name, so
 * that it goes on to follow that, else the one that is configured now; else Apache's own choice.
 */
export function mutexArgument(params: MutexParams, environment: string, now: Mutex): string {
  if (!locksFile(params.mechanism)) return params.mechanism;
  const directory = params.dir ?? (environment === '' ? undefined : '${APACHE_LOCK_DIR}');
  const kept = locksFile(now.mechanism.toLowerCase()) ? now.directory.replace(/(?<=[^/]|^\/)\/+$/, '') : '';
  const place = directory ?? kept;
  return place === '' ? params.mechanism : quoted(`${params.mechanism}:${place}`);
}

/** The argument of `AcceptMutex` of Apache 2.2. */
export function acceptMutexArgument(mechanism: WantedMechanism): string {
  return mechanism === 'file' ? 'fcntl' : mechanism;
}

/** The argument of `LockFile` of Apache 2.2; undefined: it stays as it is. */
export function lockFileArgument(params: MutexParams, environment: string, isSet: boolean): string | undefined {
  if (!locksFile(params.mechanism)) return undefined;
  if (params.dir !== undefined) return quoted(posix.join(params.dir, 'accept.lock'));
  return isSet || environment === '' ? undefined : '${APACHE_LOCK_DIR}/accept.lock';
}

function quoted(argument: string): string {
  return /[\s"\\]/.test(argument) ? `"${argument.replaceAll(/["\\]/g, String.raw`\$&`)}"` : argument;
}
