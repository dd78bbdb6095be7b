import { isLocal } from './file-system.ts';
import { mountOf, readMountInfo } from './mount-table.ts';
import type { Sections } from './sections.ts';

/** What is known of the directory for a lock. */
export interface LockPlace {
  /** Empty when Apache alone knows it. */
  readonly path: string;
  readonly kind: 'directory' | 'absent' | 'other';
  readonly writable: boolean;
  /** Empty when it is not known. */
  readonly fsType: string;
  /** What starts Apache makes it when it is missing, as Debian's `apache2ctl` does with `APACHE_LOCK_DIR`. */
  readonly madeAtStart: boolean;
}

/** Reads `lock_place` and what else of the look of `apache_mutex` tells of it. */
export function readLockPlace(sections: Sections): LockPlace {
  const lines = (name: string): readonly string[] => sections.get(name)?.lines ?? [];
  const [path = '', real = '', kind = '', access = ''] = lines('lock_place');
  const mounts = readMountInfo(lines('mounts'));
  return {
    path,
    kind: kind === 'directory' || kind === 'absent' ? kind : 'other',
    writable: access === 'writable',
    fsType: (mounts.ok ? mountOf(real, mounts.value)?.fsType : undefined) ?? '',
    madeAtStart: path === lines('environment')[2] && lines('control')[0]?.endsWith('/apache2ctl') === true,
  };
}

/** Why no lock can be there; undefined: one can. Apache's parent makes the file, as root: its run user needs no right to it. */
export function whyNoLock({ path, kind, writable, fsType, madeAtStart }: LockPlace): string | undefined {
  const other = 'name another directory with dir';
  if (path === '') return undefined;
  if (kind === 'absent' && !madeAtStart) return `there is no directory ${path} for the lock: make it, or ${other}`;
  if (kind === 'other') return `${path}, where the lock would be, is no directory: ${other}`;
  if (fsType === '' || !isLocal(fsType))
    return `${path} is on a file system that other machines may share (${fsType || 'unknown'}), where a lock may not hold: ${other}`;
  if (!writable) return `${path}, where the lock would be, cannot be written to: ${other}`;
  return undefined;
}
