import type { Answer, Interpretation } from '../../model/action.ts';
import type { ValueOf } from '../../model/type.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { readDfRow, type DfRow } from './df-row.ts';
import { failed, unexpectedOutput } from './failure.ts';
import { IMAGES, isLocal, REMOTE_FILE_SYSTEMS } from './file-system.ts';
import { mountOf, type Mount } from './mount-table.ts';
import { readSections, SECTIONS, type Sections } from './sections.ts';
import { seenMounts } from './seen-mounts.ts';

/** One mounted file system in expressions. */
export const MOUNT_USAGE = {
  kind: 'object',
  name: 'MountUsage',
  key: 'mount',
  fields: {
    mount: { type: { kind: 'string' }, description: 'Where it is mounted.' },
    device: { type: { kind: 'string' }, description: 'What is mounted, as in the mount table.' },
    fs_type: { type: { kind: 'string' }, description: '`ext4`, `xfs`, `tmpfs`, `nfs4` ...' },
    local: { type: { kind: 'bool' }, description: 'Its data is on this host: no network file system, no FUSE.' },
    read_only: { type: { kind: 'bool' }, description: 'Nothing can be written to it.' },
    size_bytes: { type: { kind: 'int' }, description: 'Its size.' },
    used_bytes: { type: { kind: 'int' }, description: 'What is in use.' },
    free_bytes: { type: { kind: 'int' }, description: 'What users other than root can still write.' },
    used_percent: { type: { kind: 'double' }, description: 'As df shows it, 0 to 100.' },
    inodes: { type: { kind: 'int' }, description: 'Number of inodes; 0: not limited, or not known.' },
    inodes_used: { type: { kind: 'int' }, description: 'Inodes in use.' },
    inodes_used_percent: { type: { kind: 'double' }, description: 'As df shows it, 0 to 100.' },
  },
} as const;

type MountUsage = ValueOf<typeof MOUNT_USAGE>;

const WITHOUT_SIZE =
  'autofs|bpf|binfmt_misc|cgroup|cgroup2|configfs|debugfs|devpts|efivarfs|fusectl|hugetlbfs|mqueue|nsfs|proc|pstore|ramfs|rootfs|rpc_pipefs|securityfs|selinuxfs|sysfs|tracefs';

/**
 * Sections: mounts (the mount table), then for each file system N: path.N (where it was asked, free of links), kib.N and
 * inodes.N (df). With `"$@"` the paths are asked, else the mounts that are worth it, each file system once.
 */
export const DISK_USAGE_TEXT = `${SECTIONS}
number=0
ask() {
  number=$((number + 1))
  section "path.$number" printf %s "$2"
  section_all "kib.$number" df -P -k "$1"
  section_all "inodes.$number" df -P -i "$1"
}
ask_path() {
  case $1 in /*) place=$1 ;; *) place=/$1 ;; esac
  while [ ! -e "$place" ] && [ "$place" != / ]; do
    place=\${place%/*}
    [ -n "$place" ] || place=/
  done
  [ ! -b "$place" ] || place=\${place%/*}/.
  real=$(readlink -f "$place" 2>/dev/null) || real=$place
  ask "$place" "$real"
}
section mounts cat /proc/self/mountinfo
if [ $# -gt 0 ]; then
  for path in "$@"; do [ -z "$path" ] || ask_path "$path"; done
  sections_end
  exit 0
fi
seen=' '
ask_mount() {
  device=$3 place=$5 options=$6
  while [ "$1" != - ]; do [ $# -gt 1 ] || return 0; shift; done
  type=$2
  case $type:,$options, in
    *tmpfs:*,ro,*) return 0 ;;
  esac
  case $type in
    ${WITHOUT_SIZE} | ${IMAGES.join('|')} | \\
    ${REMOTE_FILE_SYSTEMS.join('|')} | fuse | fuse.*) return 0 ;;
    overlay) [ "$place" = / ] || return 0 ;;
  esac
  case $place in /sys/* | /proc/*) return 0 ;; esac
  case $seen in *" $device "*) return 0 ;; esac
  case $place in
    *\\\\*) place=$(printf %b "$(printf '%s\\n' "$place" | sed 's/\\\\\\([0-7][0-7][0-7]\\)/\\\\0\\1/g')x") place=\${place%x} ;;
  esac
  [ -d "$place" ] || return 0
  seen="$seen$device "
  ask "$place" "$place"
}
set -f
IFS='
'
for mount in $section_text; do
  IFS=' '
  ask_mount $mount
done
sections_end
`;

interface DiskUsage {
  readonly mounts: readonly MountUsage[];
  readonly worst: MountUsage;
}

/** Judges what `DISK_USAGE_TEXT` printed. */
export function interpretDiskUsage(answer: Answer, paths: readonly string[]): Interpretation<DiskUsage> {
  const sections = readSections(answer.stdout.text);
  if (!sections.ok) return unexpectedOutput(sections.error, answer);
  const known = seenMounts(sections.value, answer);
  if (!known.ok) return known.error;
  const mounts = new Map<string, MountUsage>();
  for (let number = 1; sections.value.has(`path.${number}`); number += 1) {
    const usage = readUsage(sections.value, number, known.value);
    if (!usage.ok) return usage.error;
    if (paths.length > 0 || usage.value.size_bytes > 0) mounts.set(usage.value.mount, usage.value);
  }
  const list = [...mounts.values()];
  const worst = list.toSorted((a, b) => fullness(b) - fullness(a))[0] ?? NO_MOUNT;
  return { status: 'ok', output: { mounts: list, worst } };
}

function readUsage(
  sections: Sections,
  number: number,
  known: readonly Mount[],
): Result<MountUsage, ReturnType<typeof failed>> {
  const path = sections.get(`path.${number}`)?.lines.join('\n') ?? '';
  const kib = readDf(sections, `kib.${number}`, path, known);
  if (!kib.ok) return kib;
  if (kib.value === undefined) return err(failed('cannot-check', `df of ${path}: no sizes`));
  const inodes = readDf(sections, `inodes.${number}`, path, known);
  if (!inodes.ok) return inodes;
  const mount = mountOf(path, known) ?? kib.value.mount;
  if (mount.deviceNumber !== kib.value.mount.deviceNumber)
    return err(failed('output', `${path} is on ${mount.mount}, but df answered for ${kib.value.mount.mount}`));
  return ok({
    mount: mount.mount,
    device: mount.device,
    fs_type: mount.fsType,
    local: isLocal(mount.fsType),
    read_only: mount.readOnly,
    size_bytes: kib.value.total * 1024,
    used_bytes: kib.value.used * 1024,
    free_bytes: kib.value.available * 1024,
    used_percent: percentOf(kib.value),
    inodes: inodes.value?.total ?? 0,
    inodes_used: inodes.value?.used ?? 0,
    inodes_used_percent: inodes.value === undefined || inodes.value.total === 0 ? 0 : percentOf(inodes.value),
  });
}

/** Undefined: this df does not know `-i`. */
function readDf(
  sections: Sections,
  name: string,
  path: string,
  known: readonly Mount[],
): Result<DfRow | undefined, ReturnType<typeof failed>> {
  const section = sections.get(name);
  if (section === undefined) return err(failed('output', `the section ${name} is missing`));
  if (section.code !== 0) {
    if (name.startsWith('inodes.') && /(invalid|unrecognized|illegal) option/.test(section.lines[0] ?? ''))
      return ok(undefined);
    return err(failed('cannot-check', `df of ${path}: ${section.lines[0] ?? `exit code ${section.code}`}`));
  }
  const row = readDfRow(section.lines, known);
  return row.ok ? row : err(failed('output', `df of ${path}: ${row.error}`));
}

/** Rounded up, as POSIX has df do it. */
function percentOf({ used, available }: DfRow): number {
  return used === 0 ? 0 : Math.min(100, Math.ceil((used * 100) / (used + available)));
}

function fullness(mount: MountUsage): number {
  return Math.max(mount.used_percent, mount.inodes_used_percent);
}

const NO_MOUNT: MountUsage = {
  mount: '',
  device: '',
  fs_type: '',
  local: false,
  read_only: false,
  size_bytes: 0,
  used_bytes: 0,
  free_bytes: 0,
  used_percent: 0,
  inodes: 0,
  inodes_used: 0,
  inodes_used_percent: 0,
};
