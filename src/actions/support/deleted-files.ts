import { posix } from 'node:path';
import { ok, type Result } from '../../util/result.ts';
import { sharedMountOf, type Mount } from './mount-table.ts';
import { OPEN_BY_PROCESS_SH, readOpenByProcess } from './open-by-process.ts';

/** At most so many are looked at, the largest. */
export const MOST_DELETED = 100;

/**
 * Section `mounts` (the mount table) and `deleted`: for each file without a name that a process has open what `describe` prints,
 * of the numbers `PID BYTES DEVICE`. Variable: `min_size` (bytes).
 * A file that several processes have open comes once, with the lowest pid.
 */
export const DELETED_FILES_SH = `${OPEN_BY_PROCESS_SH}
candidates() {
  find -L /proc/[0-9]*/fd -maxdepth 1 -type f -exec stat -L -c '%h %b %B %d %i %n' {} + 2>/dev/null | awk -v min="$min_size" '
    $1 == 0 && $2 * $3 >= min && $2 > 0 {
      file = $4 ":" $5
      split($6, part, "/")
      if (!(file in pid) || part[3] + 0 < pid[file]) { pid[file] = part[3] + 0; link[file] = $6 }
      bytes[file] = $2 * $3
      device[file] = $4
    }
    END { for (file in pid) printf "%.0f %s %s %s\\n", bytes[file], pid[file], device[file], link[file] }
  ' | sort -rn | head -n ${MOST_DELETED}
}
deleted() {
  candidates | while read -r bytes pid device link; do
    describe "$pid $bytes $device" "$pid" "$link"
  done
  echo end
}
section mounts cat /proc/self/mountinfo
section deleted deleted
sections_end
`;

export interface DeletedFile {
  readonly pid: number;
  readonly command: string;
  readonly unit: string;
  readonly path: string;
  readonly mount: string;
  readonly size_bytes: number;
}

/** Reads the section `deleted`. What is in memory alone, such as a memfd or a shared segment, is left out: it was never on a file system. */
export function readDeletedFiles(lines: readonly string[], mounts: readonly Mount[]): Result<DeletedFile[], string> {
  const open = readOpenByProcess(lines);
  if (!open.ok) return open;
  const files: DeletedFile[] = [];
  for (const { numbers, command, unit, path: target } of open.value) {
    const [pid = 0, bytes = 0, device = 0] = numbers;
    const path = target.replace(/ \(deleted\)$/, '');
    const number = deviceNumber(device);
    const known = mounts.find((mount) => mount.deviceNumber === number);
    if (known === undefined && IN_MEMORY.test(path)) continue;
    const mount = ownerOf(known ?? sharedMountOf(path, mounts), mounts)?.mount ?? '';
    files.push({ pid, command, unit, path, mount, size_bytes: bytes });
  }
  return ok(files);
}

/** The space of a container's overlay is that of the file system on which it is mounted. */
function ownerOf(mount: Mount | undefined, mounts: readonly Mount[]): Mount | undefined {
  if (mount?.fsType !== 'overlay' || mount.mount === '/') return mount;
  return sharedMountOf(posix.dirname(mount.mount), mounts);
}

const IN_MEMORY = /^\/(memfd:|SYSV|dev\/zero$|\[aio\]|i915|drm|dmabuf|anon_hugepage)/;

/** `MAJOR:MINOR` of a `st_dev` (makedev(3)); empty for what is none. */
function deviceNumber(device: number): string {
  if (!Number.isSafeInteger(device)) return '';
  const value = BigInt(device);
  const major = ((value >> 8n) & 0xfffn) | ((value >> 32n) & 0xfffff000n);
  const minor = (value & 0xffn) | ((value >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}
