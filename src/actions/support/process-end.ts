import { HOST_CLOCK_SH } from './host-clock.ts';
import { PROCESS_ROWS_SH } from './process-rows.ts';
import { PROCESSES_SH } from './processes.ts';
import { SEMAPHORE_ROWS_SH } from './semaphore-rows.ts';

// Ours are this shell, all it descends from (so sshd and init too), and what shares a session with one of these below init: the
// processes that carry this very output.
const OURS_SH = `
ours=' ' sessions=' '
pid=$$
while [ "$pid" -gt 0 ] && stat_of "$pid"; do
  ours="$ours$pid "
  if [ "$pid" -gt 1 ] && [ "$session" -gt 1 ]; then sessions="$sessions$session "; fi
  pid=$parent
done
`;

// `same PID STARTED` leaves what it read for `refusal`, which sets `why` and fails when the process may be sent a signal.
const RULES_SH = `
same() { stat_of "$1" && [ "$started" = "$2" ]; }
runs() {
  same "$1" "$2" || return 1
  case $state$threads in Z[01] | X*) return 1 ;; esac
}
refusal() {
  why=
  case $1 in 1) why=init; return ;; esac
  case $ours in *" $1 "*) why=ours; return ;; esac
  case $sessions in *" $session "*) why=ours; return ;; esac
  if [ $((flags & 2097152)) != 0 ]; then why=kernel; return; fi
  case $state$threads in Z[01] | X*) why="zombie $parent"; return ;; esac
  return 1
}
send() {
  if ! stat_of "$2"; then
    why=gone
    [ "$visible" = yes ] || why=hidden
    return 1
  fi
  if [ "$started" != "$3" ]; then why="other $started"; return 1; fi
  if refusal "$2"; then return 1; fi
  kill -s "$1" "$2" 2>/dev/null && return
  if runs "$2" "$3"; then why=denied; else why=gone; fi
  return 1
}
`;

const LEAKS_SH = `
pid_files_of() {
  for file in /run/*.pid /run/*/*.pid /run/lock/* /var/lib/*/*.pid /tmp/.*-lock; do
    [ -f "$file" ] && [ -r "$file" ] || continue
    line=
    read -r line rest <"$file" 2>/dev/null
    case $file in *"$line_break"*) continue ;; esac
    if [ "$line" = "$1" ]; then echo "leak $1 file $file"; fi
  done
}
leaks_of() {
  pid_files_of "$1"
  rows | inspect | while read -r key id mode nsems uid otime ctime last waiting; do
    if [ "$last" = "$1" ]; then echo "leak $1 semaphores $id $nsems $uid"; fi
  done
  [ -r /proc/sysvipc/shm ] || return 0
  {
    read -r header
    case "$(echo $header)" in 'key shmid perms size cpid lpid nattch uid '*) ;; *) return 0 ;; esac
    while read -r key id mode size maker last attached uid rest; do
      case $mode in [1357]???) continue ;; esac # goes with its last process
      if [ "$attached" -gt 1 ]; then continue; fi
      if [ "$maker" = "$1" ] || [ "$last" = "$1" ]; then echo "leak $1 memory $id $size $uid"; fi
    done
  } </proc/sysvipc/shm
}
`;

// A process that is asked to end looks after that itself, so its end is looked for often at first.
const END_SH = `
line_break='
'
await() {
  clock
  deadline=$((uptime + $2)) nap=10
  while :; do
    running=
    for entry in $pending; do
      if runs "\${entry%%:*}" "\${entry#*:}"; then running="$running $entry"; else echo "$1 \${entry%%:*}"; fi
    done
    pending=$running
    clock
    left=$((deadline - uptime))
    if [ -z "$pending" ] || [ "$left" -le 0 ]; then return; fi
    if [ "$left" -gt "$nap" ]; then left=$nap; fi
    pause "$left"
    if [ "$nap" -lt 100 ]; then nap=$((nap * 2)); fi
  done
}
clock || exit 69
page=$(getconf PAGESIZE 2>/dev/null || echo 4096)
echo "host $now $page"
pending=
for wanted; do
  pid=\${wanted%%:*} began=\${wanted#*:}
  if same "$pid" "$began" && uid_of "$pid"; then print_process "$pid"; fi
  if send TERM "$pid" "$began"; then
    pending="$pending $wanted"
    case $state in T | t) kill -s CONT "$pid" 2>/dev/null ;; esac
  else
    echo "left $pid $why"
  fi
done
await ended "$runbook_grace"
stubborn=$pending pending=
for entry in $stubborn; do
  pid=\${entry%%:*} began=\${entry#*:}
  if ! runs "$pid" "$began"; then echo "ended $pid"; continue; fi
  what=$state
  leaks_of "$pid"
  if [ "$runbook_kill" != true ]; then
    echo "left $pid alive $what"
  elif send KILL "$pid" "$began"; then
    pending="$pending $entry"
  else
    case $why in
      gone | other* | zombie*) echo "ended $pid" ;;
      *) echo "left $pid $why" ;;
    esac
  fi
done
await killed 500
for entry in $pending; do
  pid=\${entry%%:*}
  if runs "$pid" "\${entry#*:}"; then echo "left $pid stuck $state"; else echo "killed $pid"; fi
done
echo end
`;

/**
 * Arguments `PID:STARTED`. Prints each process as it is now, asks it to end, and waits for `runbook_grace` hundredths of a second. What
 * still runs then is killed when `runbook_kill` is `true`. Before each signal it is tested anew that the pid still is that process.
 *
 * Prints `host NOW PAGESIZE`, the two lines of `print_process` for each, then `ended PID`, `killed PID`, `left PID WHY` once for each, and
 * for those that did not end by themselves `leak PID semaphores ID COUNT UID`, `leak PID memory ID BYTES UID` and `leak PID file PATH`; at last
 * `end`. Exit code 69: there is no /proc.
 */
export const PROCESS_END_SH = [
  `[ -r /proc/stat ] || { echo 'there is no /proc' >&2; exit 69; }`,
  PROCESSES_SH,
  PROCESS_ROWS_SH,
  SEMAPHORE_ROWS_SH,
  HOST_CLOCK_SH,
  OURS_SH,
  RULES_SH,
  LEAKS_SH,
  END_SH,
].join('');
