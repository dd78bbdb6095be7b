import { HOST_CLOCK_SH } from './host-clock.ts';
import { PROCESSES_SH } from './processes.ts';

/**
 * Looks twice, `runbook_watch` hundredths of a second apart. Prints `host NOW TASKS TASKS_MAX`, for each look N a line
 * `zombie N PID PARENT STARTED TRACER NAME` for each zombie, then two lines for each parent:
 * `parent PID STARTED STATE TRACER DEPTH TASKS TASKS_MAX NAME` (DEPTH: in how many nested pid namespaces it is; TASKS_MAX 0: its control
 * group has no limit) and `path CGROUP`, and at last `end`.
 */
export const ZOMBIES_SH = `
[ -r /proc/stat ] || { echo 'there is no /proc' >&2; exit 69; }
${PROCESSES_SH}${HOST_CLOCK_SH}
if [ "$visible" != yes ]; then
  echo 'processes are hidden from this login: become root' >&2
  exit 69
fi
status_of() {
  tracer=0 depth=0
  { while read -r word value rest; do
    case $word in
      TracerPid:) tracer=$value ;;
      NSpid:) set -- $rest; depth=$# ;;
    esac
  done <"/proc/$1/status"; } 2>/dev/null
}
look_round() {
  parents=' '
  for folder in /proc/[0-9]*; do
    pid=\${folder#/proc/}
    stat_of "$pid" || continue
    case $state$threads in Z[01]) ;; *) continue ;; esac
    if [ "$parent" = "$$" ]; then continue; fi
    status_of "$pid"
    echo "zombie $1 $pid $parent $started $tracer $name"
    case $parents in *" $parent "*) ;; *) parents="$parents$parent " ;; esac
  done
}
group_of() {
  path= group=
  { while IFS= read -r line; do
    case $line in
      0::*) path=\${line#*:*:}; [ -n "$group" ] || group=/sys/fs/cgroup$path ;;
      *:name=systemd:*) path=\${line#*:*:} ;;
      *:pids:* | *:pids,*:* | *,pids:* | *,pids,*:*) group=/sys/fs/cgroup/pids\${line#*:*:} ;;
    esac
  done <"/proc/$1/cgroup"; } 2>/dev/null
}
# The tightest limit may be that of a group around it.
tasks_in() {
  tasks=0 tasks_max=0
  while [ -n "$group" ] && [ "$group" != /sys/fs/cgroup ]; do
    if { read -r most <"$group/pids.max" && read -r current <"$group/pids.current"; } 2>/dev/null && [ "$most" != max ]; then
      if [ "$tasks_max" = 0 ] || [ $((most - current)) -lt $((tasks_max - tasks)) ]; then tasks=$current tasks_max=$most; fi
    fi
    group=\${group%/*}
  done
}
read -r first second third running rest </proc/loadavg
# Through cat: a shell that reads byte by byte gets only the first digit of these.
pid_max=$(cat /proc/sys/kernel/pid_max) threads_max=$(cat /proc/sys/kernel/threads-max)
[ "$pid_max" -lt "$threads_max" ] || pid_max=$threads_max
echo "host $now \${running#*/} $pid_max"
look_round 1
pause "$runbook_watch"
look_round 2
for pid in $parents; do
  stat_of "$pid" || continue
  status_of "$pid"
  group_of "$pid"
  tasks_in
  printf 'parent %s %s %s %s %s %s %s %s\\npath %s\\n' "$pid" "$started" "$state" "$tracer" "$depth" "$tasks" "$tasks_max" "$name" "$path"
done
echo end
`;
