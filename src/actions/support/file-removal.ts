import { FILE_PATH_SH } from './file-path.ts';
import { FILE_SEARCH_SH, RECORDS_AWK } from './file-search.ts';
import { LARGEST_AWK } from './found-files.ts';
import { SECTIONS } from './sections.ts';
import { SYSTEM_SHOWN_AWK } from './system-shown.ts';

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
  '/nix',
  '/proc',
  '/sbin',
  '/sys',
  '/usr',
  '/var/lib/apk',
  '/var/lib/containerd',
  '/var/lib/containers',
  '/var/lib/docker',
  '/var/lib/dpkg',
  '/var/lib/kubelet',
  '/var/lib/pacman',
  '/var/lib/rpm',
  '/var/lib/snapd',
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
  shown=$({ system_folders; cat /proc/self/mountinfo; } | place=$1 one_fs=$one_fs awk '${SYSTEM_SHOWN_AWK}') ||
    refuse 'cannot tell what is mounted: is /proc mounted?'
  [ -z "$shown" ] || refuse "$place $shown"
}
system_folders() {
  for tree in ${SYSTEM_TREES.join(' ')}; do (cd -P "$tree" 2>/dev/null && printf 'tree %s\\n' "$(pwd -P)"); done
  for tree in ${SHARED_FOLDERS.join(' ')}; do (cd -P "$tree" 2>/dev/null && printf 'shared %s\\n' "$(pwd -P)"); done
}
guarded() {
  for place; do
    enter "$place/-" || continue
    folder=$(pwd -P && echo .) folder=\${folder%"$line_break".}
    admit "$folder"
  done
}
`;

/** So many inodes go into the arguments of one find, whatever the host's limit. */
const SPARED = 5000;

/**
 * `targets` reads folders and prints two lines for each: the words by which find leaves the open files in it alone, and the folder.
 * Inodes, not names: an open file may have another name than the one below the folder. Size and age do not matter, as they may come to fit.
 * In `erase` every file has a link: find looks at it then before it is gone, and has something to print.
 */
const ERASE_SH = `
targets() {
  while IFS= read -r root; do
    [ -n "$root" ] || continue
    cd -P -- "$root" && [ "$(pwd -P)" = "$root" ] || { echo "cannot enter $root" >&2; continue; }
    open_below || refuse "more than ${SPARED} files in $root are open: choose fewer by patterns, or name the folders in it"
    printf '%s\\n' "$root"
  done
}
open_below() {
  {
    printf '%s\\n' "$open_files" end
    [ -z "$open_files" ] || (until='' minutes='' min_size=; choose -exec stat -c '%d:%i' {} +)
  } | awk '
    !ended { if ($0 == "end") ended = 1; else open[$0]; next }
    $0 in open && !($0 in spared) { spared[$0]; split($0, part, ":"); words = words " ! -inum " part[2]; if (++count > ${SPARED}) exit }
    END { if (count > ${SPARED}) exit 1; print words }
  '
}
erase() {
  while IFS= read -r spared && IFS= read -r root; do
    cd -P -- "$root" && [ "$(pwd -P)" = "$root" ] || { echo "cannot enter $root" >&2; continue; }
    printf '//@%s\\n' "$root"
    if [ -n "$precise" ]; then
      choose $spared -links +0 -delete -printf '//%s %b 512 %T@ %U - %n %p\\n'
    else
      only_here='-maxdepth 1'
      sweep
      only_here=
    fi
  done
}
sweep() {
  choose $spared -exec stat -c '//%s %b %B %Y %u - %h %n' {} +
  choose $spared -exec rm -f -- {} +
  choose $spared -exec stat -c '//-%s %b %B %Y %u - %h %n' {} +
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
targets=$(printf '%s\\n' "$folders" | targets) || exit 70
tell() { printf '%s\\n' "$folders" | walk | awk -v limit=${EVIDENCE} '${LARGEST_AWK}'; }
wipe() { printf '%s\\n' "$targets" | erase | awk '${COUNT_AWK}'; }
section mounts cat /proc/self/mountinfo
section clock echo "$now"
section found tell
section removed wipe
section left tell
sections_end
`;
