import { posix } from 'node:path';
import { err, ok, type Result } from '../../util/result.ts';
import { unitOfCgroup } from './cgroup-unit.ts';
import { sharedMountOf, type Mount } from './mount-table.ts';
import { excerpt, SECTIONS } from './sections.ts';

/** At most so many are looked at, the largest. */
export const MOST_DELETED = 100;

/**
 * Section `mounts` (the mount table) and `deleted`: for each file without a name that a process has open four lines, `PID BYTES DEVICE`,
 * the name of the process, its cgroup, and the path that the file had, in which a line break is `?`. Variable: `min_size` (bytes).
 * A file that several processes have open comes once, with the lowest pid.
 */
export const DELETED_FILES_SH = `${SECTIONS}
if ! [ -r /proc/1/fd ]; then
  [ -d /proc/1 ] && echo 'this user may not look into all processes: become root' >&2 || echo 'there is no /proc' >&2
  exit 69
fi
for tool in find stat awk readlink; do
  command -v "$tool" >/dev/null 2>&1 || { echo "this host has no $tool" >&2; exit 69; }
done
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
    target=$(readlink "$link") || continue
    { read -r name <"/proc/$pid/comm"; } 2>/dev/null || continue
    cgroup=
    { while IFS= read -r line; do
      case $line in 0::* | *:name=systemd:*) cgroup=\${line#*:*:} ;; esac
    done <"/proc/$pid/cgroup"; } 2>/dev/null
    printf '%s %s %s\\n%s\\n%s\\n' "$pid" "$bytes" "$device" "$name" "$cgroup"
    printf %s "\${target% (deleted)}" | tr '\\n' '?'
    echo
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
  if (lines.at(-1) !== 'end') return err('the list of deleted files is cut short');
  const files: DeletedFile[] = [];
  for (let index = 0; index < lines.length - 1; index += 4) {
    const [numbers = '', command = '', cgroup = '', path = ''] = lines.slice(index, index + 4);
    const [, pid, bytes, device] = /^(\d+) (\d+) (\d+)$/.exec(numbers) ?? [];
    if (pid === undefined) return err(`not a deleted file: ${excerpt(numbers)}`);
    const number = deviceNumber(Number(device));
    const known = mounts.find((mount) => mount.deviceNumber === number);
    if (known === undefined && IN_MEMORY.test(path)) continue;
    const mount = ownerOf(known ?? sharedMountOf(path, mounts), mounts)?.mount ?? '';
    files.push({ pid: Number(pid), command, unit: unitOfCgroup(cgroup), path, mount, size_bytes: Number(bytes) });
  }
  return ok(files);
}

/** The space of a container's overlay is that of the file system on which it is mounted. */
function ownerOf(mount: Mount | undefined, mounts: readonly Mount[]): Mount | undefined {
  if (mount?.fsType !== 'overlay' || mount.mount === '/') return mount;
  return sharedMountOf(posix.dirname(mount.mount), mounts);
}

const IN_MEMORY = /^\/(memfd:|SYSV|dev\/zero$|\[aio\]|i915|drm|dmabuf|anon_hugepage)/;

/** `MAJOR:MINOR` of a `st_dev` (makedev(3)). */
function deviceNumber(device: number): string {
  const value = BigInt(device);
  const major = ((value >> 8n) & 0xfffn) | ((value >> 32n) & 0xfffff000n);
  const minor = (value & 0xffn) | ((value >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}
