import { HOST_CLOCK_SH } from './host-clock.ts';
import { PROCESSES_SH } from './processes.ts';

/**
 * Looks twice, `runbook_watch` hundredths of a second apart, and counts on the host, so that the answer stays small however many zombies
 * there are. Prints `host NOW TASKS TASKS_MAX`, `count ZOMBIES`, then for each of the 200 parents with the most zombies
 * `parent PID STARTED STATE TRACER DEPTH TASKS TASKS_MAX NAME` (DEPTH: in how many nested pid namespaces it is; TASKS_MAX 0: its control
 * group has no limit), `path CGROUP`, `zombies BOTH FIRST SECOND OLDEST WATCHED` (how many at both looks, at each, when the first started,
 * whether another process than the parent traces one of 16), and `child NAME` for up to 8 names; at last `end`.
 */
export const ZOMBIES_SH = `
[ -r /proc/stat ] || { echo 'there is no /proc' >&2; exit 69; }
${PROCESSES_SH}${HOST_CLOCK_SH}
if [ "$visible" != yes ]; then
  echo 'processes are hidden from this login: become root' >&2
  exit 69
fi
for tool in awk xargs; do
  command -v "$tool" >/dev/null || { echo "there is no $tool" >&2; exit 69; }
done
status_of() {
  tracer=0 depth=0
  { while read -r word value rest; do
    case $word in
      TracerPid:) tracer=$value ;;
      NSpid:) set -- $rest; depth=$# ;;
    esac
  done <"/proc/$1/status"; } 2>/dev/null
}
# A shell reads byte by byte, which takes too long for 100,000 processes. A process that ends meanwhile makes cat fail, and xargs say 123;
# all else, such as no room for a process, means that not all were read.
stats() {
  printf '%s\\n' /proc/[0-9]*/stat | xargs cat 2>/dev/null
  case $? in 0 | 123) echo looked ;; *) return 1 ;; esac
}
looks() { stats && pause "$runbook_watch" && stats; }
# Prints \`count N\`, and \`parent PID BOTH FIRST SECOND OLDEST CHILD...\` and \`child NAME\`. A name may hold line breaks and brackets.
count_zombies() {
  awk -v shell="$$" '
    $0 == "looked" && whole == "" { looked++; next }
    {
      whole = whole == "" ? $0 : whole " " $0
      if (!match(whole, /.*\\)/)) next
      if (split(substr(whole, RLENGTH + 1), field, " ") < 20) next
      record = substr(whole, 1, RLENGTH - 1)
      whole = ""
      if (field[1] != "Z" || field[18] > 1 || field[2] == shell) next
      pid = record
      sub(/ .*/, "", pid)
      parent = field[2]
      started = field[20]
      if (!looked) {
        first[parent]++
        before[pid] = started
        next
      }
      after[parent]++
      if (!(pid in before) || before[pid] != started) next
      count++
      both[parent]++
      if (both[parent] == 1 || started + 0 < oldest[parent] + 0) oldest[parent] = started
      if (both[parent] <= 16) sample[parent] = sample[parent] " " pid
      name = substr(record, index(record, "(") + 1)
      if (names[parent] < 8 && !((parent, name) in known)) {
        known[parent, name] = 1
        child[parent, ++names[parent]] = name
      }
    }
    END {
      if (looked != 2) exit
      print "count " count + 0
      for (rank = 1; rank <= 200; rank++) {
        top = ""
        for (parent in both) {
          if (top == "" || both[parent] > both[top] || both[parent] == both[top] && parent + 0 < top + 0) top = parent
        }
        if (top == "") exit
        print "parent " top " " both[top] " " first[top] + 0 " " after[top] " " oldest[top] sample[top]
        for (number = 1; number <= names[top]; number++) print "child " child[top, number]
        delete both[top]
      }
    }
  '
}
is_watched() {
  parent=$1
  shift
  for child in "$@"; do
    status_of "$child"
    if [ "$tracer" != 0 ] && [ "$tracer" != "$parent" ]; then return 0; fi
  done
  return 1
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
looks | count_zombies | while IFS= read -r line; do
  case $line in
    'parent '*) set -- $line ;;
    'child '*)
      if [ -n "$there" ]; then printf '%s\\n' "$line"; fi
      continue
      ;;
    *) printf '%s\\n' "$line"; continue ;;
  esac
  pid=$2 both=$3 first=$4 second=$5 oldest=$6 there=
  shift 6
  watched=no
  if is_watched "$pid" "$@"; then watched=yes; fi
  stat_of "$pid" || continue
  there=yes
  status_of "$pid"
  group_of "$pid"
  tasks_in
  printf 'parent %s %s %s %s %s %s %s %s\\npath %s\\n' "$pid" "$started" "$state" "$tracer" "$depth" "$tasks" "$tasks_max" "$name" "$path"
  echo "zombies $both $first $second $((boot + oldest / ticks)) $watched"
done
echo end
`;
