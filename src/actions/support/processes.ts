/**
 * POSIX sh that reads processes from /proc with builtins alone, so that thousands of them cost no fork.
 *
 * - `now`, `boot`: seconds since 1970, of now and of the host's start (rounded down).
 * - `look PID` sets `name state parent started`, or fails when there is no such process. A zombie without threads has exited: it is
 *   none. `started` is rounded down to the second, so it is never later than the truth.
 * - `uid_of PID` sets `uid`; empty when unreadable.
 * - `visible`: `yes`, unless the processes of other users are hidden from us: "no such process" proves nothing then.
 */
export const PROCESSES_SH = `
now=$(date +%s)
ticks=$(getconf CLK_TCK 2>/dev/null) || ticks=100
boot=
while read -r word value rest; do
  [ "$word" = btime ] && boot=$value
done </proc/stat
look() {
  stat=
  { while IFS= read -r part || [ -n "$part" ]; do stat="$stat$part "; done <"/proc/$1/stat"; } 2>/dev/null
  [ -n "$stat" ] || return 1
  name=\${stat#*\\(} name=\${name%)*}
  set -- \${stat##*)}
  state=$1 parent=$2
  case "$1\${18}" in Z[01]|X*) return 1 ;; esac
  started=$((boot + \${20} / ticks))
}
uid_of() {
  uid=
  { while read -r word value rest; do
    [ "$word" = Uid: ] && uid=$value && break
  done <"/proc/$1/status"; } 2>/dev/null
  [ -n "$uid" ]
}
visible=no
look 1 && uid_of 1 && visible=yes
`;

/**
 * After `PROCESSES_SH`: the Apache parents that share our IPC namespace. `apaches` holds ` PID:STARTED:,UID,UID, ` for each, with the
 * uids of the parent and its children; no uids are known of one that has no child yet.
 */
export const APACHE_PARENTS_SH = `
ipc_of() { readlink "/proc/$1/ns/ipc" 2>/dev/null; }
find_apaches() {
  found=' ' apaches=' '
  for directory in /proc/[0-9]*; do
    pid=\${directory#/proc/}
    look "$pid" || continue
    case $name in apache2*|httpd*) uid_of "$pid"; found="$found$pid:$parent:$started:$uid " ;; esac
  done
  own=$(ipc_of self)
  for entry in $found; do
    IFS=: read -r pid parent started uid <<.
$entry
.
    case $found in *" $parent:"*) continue ;; esac
    other=$(ipc_of "$pid")
    [ -z "$other" ] || [ -z "$own" ] || [ "$other" = "$own" ] || continue
  done
}
`;
