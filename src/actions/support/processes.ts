/**
 * POSIX sh that reads processes from /proc with builtins alone, so that thousands of them cost no fork.
 *
 * - `now`, `boot`: seconds since 1970, of now and of the host's start (rounded down).
 * - `stat_of PID` sets `name state parent session flags threads started pages`, or fails when there is no such process. `started` is
 *   rounded down to the second, so it is never later than the truth.
 * - `look PID` does the same, but fails for a zombie without threads: it has exited.
 * - `uid_of PID` sets `uid`, the real one, or fails.
 * - `visible`: `no` when the processes of other users are hidden from us: "no such process" proves nothing then.
 */
export const PROCESSES_SH = `
now=$(date +%s)
ticks=$(getconf CLK_TCK 2>/dev/null) || ticks=100
boot=
while read -r word value rest; do
  if [ "$word" = btime ]; then boot=$value; fi
done </proc/stat
stat_of() {
  stat=
  { while IFS= read -r part || [ -n "$part" ]; do stat="$stat$part "; done <"/proc/$1/stat"; } 2>/dev/null
  [ -n "$stat" ] || return 1
  name=\${stat#*\\(} name=\${name%)*}
  set -- \${stat##*)}
  state=$1 parent=$2 session=$4 flags=$7 threads=\${18} pages=\${22}
  started=$((boot + \${20} / ticks))
}
look() {
  stat_of "$1" || return 1
  case $state$threads in Z[01] | X*) return 1 ;; esac
}
uid_of() {
  uid=
  { while read -r word value rest; do
    if [ "$word" = Uid: ]; then uid=$value; break; fi
  done <"/proc/$1/status"; } 2>/dev/null
  [ -n "$uid" ]
}
visible=no
if look 1 && uid_of 1; then visible=yes; fi
`;

/**
 * After `PROCESSES_SH`. `find_apaches` sets `apaches` to a word `PID:STARTED:,UID,UID,` for each Apache parent in our IPC namespace, with
 * the uids of the parent and of its children; of a parent that has no child yet the uids are `*`, for they may be anyone's.
 */
export const APACHE_PARENTS_SH = `
ipc_of() { readlink "/proc/$1/ns/ipc" 2>/dev/null; }
find_apaches() {
  found=' ' apaches= own=$(ipc_of self)
  for directory in /proc/[0-9]*; do
    pid=\${directory#/proc/}
    look "$pid" || continue
    case $name in apache2 | apache2[-.]* | httpd | httpd2* | httpd[-.]*) ;; *) continue ;; esac
    uid_of "$pid"
    found="$found$pid:$parent:$started:$uid "
  done
  for entry in $found; do
    pid=\${entry%%:*} entry=\${entry#*:}
    parent=\${entry%%:*} entry=\${entry#*:}
    started=\${entry%%:*} uids=,\${entry#*:}, children=
    case $found in *" $parent:"*) continue ;; esac
    other=$(ipc_of "$pid")
    [ -n "$other" ] || (look "$pid") || continue # it ended while we looked: not one we may not see
    if [ -n "$own" ] && [ -n "$other" ] && [ "$own" != "$other" ]; then continue; fi
    for child in $found; do
      case $child in
        *:"$pid":*:*)
          children=yes uid=\${child##*:}
          case $uids in *",$uid,"*) ;; *) uids="$uids$uid," ;; esac
          ;;
      esac
    done
    apaches="$apaches $pid:$started:\${children:+$uids}"
    if [ -z "$children" ]; then apaches="$apaches*"; fi
  done
}
`;
