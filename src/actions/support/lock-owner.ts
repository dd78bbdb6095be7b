import { REMOTE_FILE_SYSTEMS } from './file-system.ts';
import { PROCESSES_SH } from './processes.ts';

const REMOTE = `${REMOTE_FILE_SYSTEMS.join('|')}|fuse|fuse.*`;

/** Times of files and of processes come from two clocks, each rounded: only a process that is younger by more has not written the file. */
const SLACK_SECONDS = 5;

/**
 * POSIX sh with a function `lock_survey`, which works in a subshell of its own and tells whose the pid or lock file `$lock_path` is;
 * `$lock_process` is the name of the program that owns such files, or empty. It needs root: who has a file open is hidden from others, and
 * exits with 69 when it may not look. It prints `kind absent`, `kind link TARGET`, `kind directory` or `kind other`, or of a regular file
 * `kind file NOW MODIFIED SIZE PID` (PID: what it says, 0 when that is no pid), `owner NAME` (of the process that the verdict is about), and
 * `verdict` with the first of these that is true:
 *
 * - `remote TYPE`: the file system is shared with other hosts; no owner can be known
 * - `open PID`: that process has it open; `locked`: something that cannot be seen here holds a lock on it
 * - `nameless`: no pid is in it, and no name is known; `namesake PID`: no pid is in it, but its program runs
 * - `owner PID`: alive, of that name, and older than the file's last change; `other PID`: the same, but of another name
 * - `contained PID`: the owner runs in a container that sees the file, with the pid that is in the file
 * - `unclaimed`: no pid, and nothing of that name runs; `reused PID`: a younger process has the pid; `gone`: nothing has it. It is stale.
 *
 * Around these lines are `path PATH`, with its directory free of links, and `end`.
 */
export const LOCK_OWNER_SH = `
lock_survey() (
set -f
${PROCESSES_SH}
may_judge() {
  set +f
  set -- /proc/1/fd/*
  set -f
  [ "$visible" = yes ] && [ -L "$1" ]
}
holder_of() {
  set +f
  for descriptor in /proc/[0-9]*/fd/*; do
    [ "$descriptor" -ef "$1" ] || continue
    holder=\${descriptor#/proc/} holder=\${holder%%/*}
    set -f
    return
  done
  set -f
  return 1
}
locked_unseen() {
  set -- $(ls -ild "$1")
  grep -Eq "^[0-9]+: (-> )?[A-Z]+ +[A-Z*]+ +[A-Z]+ +(0|-1) [0-9a-f]+:[0-9a-f]+:$1 " /proc/locks 2>/dev/null
}
is_named() {
  case $1 in
    '' | "$name") return ;;
    "$name"*) [ "\${#name}" -ge 15 ]; return ;; # the kernel keeps no more
  esac
  return 1
}
pid_in() {
  pid=$(head -c 256 "$1" | tr -d '\\000' | head -n 1 | tr -d ' \\t\\r')
  case $pid in
    '' | *[!0-9]* | ????????*) pid=0 ;;
    *) pid=\${pid#"\${pid%%[!0]*}"} pid=\${pid:-0} ;;
  esac
}
file_system_of() {
  best= device= fs_type=
  while read -r mount parent number root place rest; do
    under=\${place%/} # bash 5.2 does not match this when it stands in the pattern itself
    case $1 in "$under"/*) ;; *) continue ;; esac
    [ "\${#place}" -ge "\${#best}" ] || continue
    best=$place device=$number fs_type=\${rest#* - } fs_type=\${fs_type%% *}
  done </proc/self/mountinfo
  [ -n "$fs_type" ] || { echo "the file system of $1 cannot be told" >&2; exit 69; }
}
contained_owner() {
  set +f
  set -- "$1" $(grep -l "^NSpid:[[:space:]].*[0-9][[:space:]]$pid\\$" /proc/[0-9]*/status 2>/dev/null)
  set -f
  wanted=$1
  shift
  for status; do
    holder=\${status#/proc/} holder=\${holder%%/*}
    look "$holder" && is_named "$wanted" && [ "$started" -le $((modified + ${SLACK_SECONDS})) ] || continue
    ! grep -q "^[0-9]* [0-9]* $device " "/proc/$holder/mountinfo" 2>/dev/null || return 0
  done
  return 1
}
namesake_of() {
  set +f
  for holder in /proc/[0-9]*; do
    holder=\${holder#/proc/}
    if look "$holder" && is_named "$1"; then set -f; return; fi
  done
  set -f
  return 1
}
judge() {
  case $fs_type in ${REMOTE}) verdict="remote $fs_type"; return ;; esac
  if holder_of "$1"; then verdict="open $holder"
  elif locked_unseen "$1"; then verdict=locked
  elif [ "$pid:$2" = 0: ]; then verdict=nameless
  elif [ "$pid" = 0 ]; then if namesake_of "$2"; then verdict="namesake $holder"; else verdict=unclaimed; fi
  elif look "$pid" && [ "$started" -le $((modified + ${SLACK_SECONDS})) ]; then
    holder=$pid
    if is_named "$2"; then verdict="owner $pid"; else verdict="other $pid"; fi
  elif contained_owner "$2"; then verdict="contained $holder"
  elif look "$pid"; then verdict="reused $pid" holder=$pid
  else verdict=gone; fi
}
may_judge || { echo 'who has files open is hidden from this login: become root' >&2; exit 69; }
place=$(cd -P "\${lock_path%/*}/" 2>/dev/null && pwd -P) || { printf 'path %s\\nkind absent\\nend\\n' "$lock_path"; exit; }
file=\${place%/}/\${lock_path##*/}
printf 'path %s\\n' "$file"
if [ -L "$file" ]; then printf 'kind link %s\\n' "$(readlink "$file")"
elif [ ! -e "$file" ]; then echo 'kind absent'
elif [ -d "$file" ]; then echo 'kind directory'
elif [ ! -f "$file" ]; then echo 'kind other'
else
  holder= pid=0
  file_system_of "$file"
  modified=$(stat -c %Y "$file" 2>/dev/null || date -r "$file" +%s)
  pid_in "$file"
  judge "$file" "$lock_process"
  name=
  case $verdict in *' '[0-9]*) stat_of "$holder" ;; esac
  set -- $(ls -ld "$file")
  printf 'kind file %s %s %s %s\\nowner %s\\nverdict %s\\n' "$now" "$modified" "$5" "$pid" "$name" "$verdict"
fi
echo end
)
`;
