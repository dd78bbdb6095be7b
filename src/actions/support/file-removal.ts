import { FILE_PATH_SH } from './file-path.ts';
import { FILE_SEARCH_SH, RECORDS_AWK } from './file-search.ts';
import { LARGEST_AWK } from './found-files.ts';
import { SECTIONS } from './sections.ts';

/** Folders of the system: nothing in them is removed by a rule. */
const SYSTEM_TREES = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/proc',
  '/sbin',
  '/sys',
  '/usr',
  '/var/lib/apk',
  '/var/lib/dpkg',
  '/var/lib/rpm',
  '/var/lib/systemd',
] as const;

/** These hold folders of others: one of them may be named, they themselves may not. */
const SHARED_FOLDERS = [
  '/',
  '/home',
  '/media',
  '/mnt',
  '/opt',
  '/root',
  '/run',
  '/srv',
  '/var',
  '/var/lib',
  '/var/spool',
] as const;

/** Whether rules may remove files in this folder, by its name alone. Links are for the host to see through. */
export function isSystemFolder(path: string): boolean {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const folder = `/${parts.join('/')}`;
  const shared: readonly string[] = SHARED_FOLDERS;
  return shared.includes(folder) || SYSTEM_TREES.some((tree) => folder === tree || folder.startsWith(`${tree}/`));
}

const GUARD_SH = `
refuse() {
  complaint=$1
  case $complaint in
    *"$place/-"*) complaint=\${complaint%%"$place/-"*}$place\${complaint#*"$place/-"} ;;
  esac
  printf 'runbook: %s\\n' "$complaint" >&2
  exit 70
}
${FILE_PATH_SH}
admit() {
  case $1 in
    ${SHARED_FOLDERS.join(' | ')} | ${SYSTEM_TREES.map((tree) => `${tree} | ${tree}/*`).join(' | \\\n    ')})
      refuse "$place leads to $1, which belongs to the system: name the folder of one program" ;;
  esac
}
guarded() {
  for place; do
    enter "$place/-" || continue
    folder=$(pwd -P && echo .) folder=\${folder%"$line_break".}
    admit "$folder"
  done
}
`;

const ERASE_SH = `
note_open_files() {
  open=
  device=$(stat -c %d .)
  # Of an overlay the files may have another device number than their folder; what is mounted below surely has.
  [ -n "$one_fs" ] && [ "$(stat -f -c %t . 2>/dev/null)" != 794c7630 ] || device='*'
  for entry in $open_files; do
    case $entry in $device:*) open="$open \${entry#*:}" ;; esac
  done
}
spare_open() {
  for inode in $open; do set -- ! -inum "$inode" "$@"; done
  choose "$@"
}
erase() {
  while IFS= read -r root; do
    [ -n "$root" ] || continue
    cd -P -- "$root" && [ "$(pwd -P)" = "$root" ] || { echo "cannot enter $root" >&2; continue; }
    note_open_files
    printf '//@%s\\n' "$root"
    if [ -n "$precise" ]; then
      spare_open -delete -printf '//%s %b 512 %T@ %U - %n %p\\n'
    else
      only_here='-maxdepth 1'
      sweep
      only_here=
    fi
  done
}
sweep() {
  spare_open -exec stat -c '//%s %b %B %Y %u - %h %n' {} +
  spare_open -exec rm -f -- {} +
  spare_open -exec stat -c '//-%s %b %B %Y %u - %h %n' {} +
  set +f
  for part in ./* ./.[!.]* ./..?*; do
    [ -d "$part" ] && [ ! -L "$part" ] || continue
    (
      expected=\${root%/}/\${part#./}
      [ -z "$one_fs" ] || ! is_mount "$expected" || exit 0
      device=$(stat -c %d .)
      cd -P -- "$part" 2>/dev/null && [ "$(pwd -P)" = "$expected" ] || exit 0
      [ -z "$one_fs" ] || [ "$(stat -c %d .)" = "$device" ] || exit 0
      root=$expected
      set -f
      sweep
    )
  done
  set -f
}
is_mount() {
  wanted=$(glob_of "$1")
  case $line_break$mounts$line_break in *"$line_break$wanted$line_break"*) return 0 ;; esac
  return 1
}
`;

const COUNT_AWK = `${RECORDS_AWK}
function judge(  sign) {
  sign = 1
  if (substr(field[1], 1, 1) == "-") sign = -1
  count += sign
  if (field[7] == 1) freed += sign * field[2] * field[3]
}
function done() { printf "%d %.0f\\n", count, freed }
`;

/** How many of the files are named in the record. */
const EVIDENCE = 100;

/**
 * After a look at all folders, which refuses them together (code 70, nothing is removed then), prints sections: `found` as `LARGEST_AWK` does, before
 * anything is removed; `removed`, `COUNT BYTES`; `left`, as `found`. Arguments and variables are those of `FILE_SEARCH_SH`.
 *
 * Each folder is entered once and all else is relative to it: find unlinks what it has opened itself (GNU), or else each folder below is
 * entered by one step that is proven to have led where it seemed to. So a folder that is replaced by a link meanwhile is not followed.
 */
export const FILE_REMOVAL_SH = `${SECTIONS}${FILE_SEARCH_SH}${GUARD_SH}${ERASE_SH}
admitted=$(guarded "$@" && echo .) || exit 70
precise=
if find /dev/null -maxdepth 0 -newermt '@0.5' -printf '' >/dev/null 2>&1; then precise=yes; fi
note_mounts
set +f
open_files=$(find -L /proc/[0-9]*/fd -maxdepth 1 -type f -exec stat -L -c '%d:%i' {} + 2>/dev/null | sort -u)
set -f
folders=$(resolve "$@")
tell() { printf '%s\\n' "$folders" | walk | awk -v limit=${EVIDENCE} '${LARGEST_AWK}'; }
wipe() { printf '%s\\n' "$folders" | erase | awk '${COUNT_AWK}'; }
section mounts cat /proc/self/mountinfo
section clock echo "$now"
section found tell
section removed wipe
section left tell
sections_end
`;
