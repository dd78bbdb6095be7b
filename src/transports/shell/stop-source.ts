/*
 * Which processes are a step's: those of its session, those that bear its mark in their environment, all that these started, and the
 * sessions that any of them leads. So a daemon that left the session is found, and what sudo runs on a terminal of its own: sudo keeps
 * variables with such a name. What was found once is followed by pid and start time, also when its parent has ended. Never a process
 * that we descend from. The environment of a process in D state is not read: whoever does may be held there too. grep chooses from
 * thousands of processes what is then read with care: a name may hold anything. A zombie is gone: nothing of it runs.
 */
const FIND = `
rb_stat() {
  rb_line=
  { while read -r rb_part; do rb_line="$rb_line $rb_part"; done <"/proc/$1/stat"; } 2>/dev/null
  [ -n "$rb_line" ]
}
rb_session_of() { rb_stat "$1" && { set -- \${rb_line##*) }; echo "$4"; }; }
rb_see() {
  rb_stat "$1" || return
  rb_comm=\${rb_line#*\\(} rb_comm=\${rb_comm%)*}
  set -- \${rb_line##*) }
  case $1 in Z|X|x) return 1 ;; esac
  rb_state=$1 rb_parent=$2 rb_group=$3 rb_sid=$4
  shift 19; rb_born=$1
}
rb_spare() {
  rb_spared=" 1 $$ " rb_pid=$$
  while rb_see "$rb_pid" && [ "$rb_parent" -gt 1 ]; do rb_pid=$rb_parent rb_spared="$rb_spared$rb_parent "; done
}
rb_take_in() {
  case $rb_spared in *" $rb_pid "*) return ;; esac
  case "$rb_found " in *" $rb_pid:$rb_born:"*) return ;; esac
  rb_found="$rb_found $rb_pid:$rb_born:$rb_group" rb_more=1 rb_number=$((rb_number + 1))
  [ "$rb_number" -gt 300 ] || rb_parents="$rb_parents|$rb_pid"
  [ "$rb_pid" != "$rb_sid" ] || case "|$rb_sids|" in *"|$rb_sid|"*) ;; *) rb_sids="$rb_sids|$rb_sid" ;; esac
}
rb_marked() {
  [ -n "$rb_sign" ] || return
  set --
  for rb_file in $(grep -LsE '\\) D ' /proc/[0-9]*/stat); do set -- "$@" "\${rb_file%stat}environ"; done
  grep -lsF "$rb_sign" "$@"
}
rb_find() {
  rb_known=$rb_found rb_found= rb_number=0 rb_parents=none rb_live=$rb_root
  for rb_entry in $rb_known; do
    rb_pid=\${rb_entry%%:*}
    rb_see "$rb_pid" || continue
    case $rb_entry in "$rb_pid:$rb_born:"*) ;; *) continue ;; esac
    rb_take_in
    case "|$rb_sids|" in *"|$rb_sid|"*) rb_live="$rb_live|$rb_sid" ;; esac
  done
  rb_sids=$rb_live
  for rb_file in $(rb_marked); do
    rb_pid=\${rb_file#/proc/} rb_pid=\${rb_pid%/*}
    case $rb_found in *" $rb_pid:"*) continue ;; esac
    rb_see "$rb_pid" && rb_take_in
  done
  rb_more=1
  while [ -n "$rb_more" ]; do
    rb_more=
    for rb_file in $(grep -lsE "\\) [A-Za-z] (($rb_parents) -?[0-9]+ -?[0-9]+|-?[0-9]+ -?[0-9]+ ($rb_sids)) " /proc/[0-9]*/stat); do
      rb_pid=\${rb_file#/proc/} rb_pid=\${rb_pid%/*}
      case $rb_found in *" $rb_pid:"*) continue ;; esac
      rb_see "$rb_pid" || continue
      case "|$rb_parents|" in *"|$rb_parent|"*) rb_take_in; continue ;; esac
      case "|$rb_sids|" in *"|$rb_sid|"*) rb_take_in ;; esac
    done
  done
  [ -n "$rb_found" ]
}
`;

/*
 * Ends them and proves it: `gone` is printed only when none is left in /proc, else `left` and which. `kill -0` proves nothing (EPERM
 * and a bad spelling look like "gone"), and `kill -KILL -- -PGID` is an error in dash, so the signal is spelled with -s. A whole group
 * is sent it at once: one that forks faster than we look cannot get away within its group. TERM and KILL have 5 s each, however slow
 * the host is. Without /proc nothing can be proven.
 * Arguments: the session of the step, its mark; without a mark, only what the session and its children are.
 */
const STOP = `
rb_signal() {
  rb_name=$1; shift
  for rb_entry; do
    kill -s "$rb_name" -- "-\${rb_entry##*:}" 2>/dev/null || kill -s "$rb_name" "\${rb_entry%%:*}" 2>/dev/null
  done
}
rb_stop() {
  [ -r /proc/self/stat ] && [ -n "$rb_grep" ] || {
    kill -s KILL -- "-$1" || kill -s KILL "$1"
    echo 'left /proc or grep is missing, so nobody can tell'; return
  } 2>/dev/null
  rb_root=$1 rb_sids=$1 rb_sign=\${2:+LC_RUNBOOK_STEP=$2} rb_found= rb_told=
  rb_spare
  for rb_phase in TERM KILL; do
    rb_clock; rb_until=$((rb_second + 5)) rb_rush=0
    while [ "$rb_second" -lt "$rb_until" ]; do
      rb_last=$rb_found
      if ! rb_find; then
        rb_signal KILL $rb_last
        rb_find || { rb_say_none; return; }
      fi
      rb_new=
      for rb_entry in $rb_found; do
        case "$rb_told " in *" $rb_entry "*) [ "$rb_phase" = KILL ] || continue ;; *) rb_new=1 rb_told="$rb_told $rb_entry" ;; esac
        rb_signal "$rb_phase" "$rb_entry"
        [ "$rb_phase" = KILL ] || rb_signal CONT "$rb_entry"
      done
      if [ "$rb_phase$rb_new" = KILL1 ] && [ "$rb_rush" -lt 100 ]; then rb_rush=$((rb_rush + 1)); rb_clock; continue; fi
      sleep 0.2 2>/dev/null || sleep 1
      rb_clock
    done
  done
  rb_say_left
}
rb_clock() { read -r rb_second rb_tail </proc/uptime; rb_second=\${rb_second%%.*}; }
rb_say_none() {
  if [ "$rb_uid" = 0 ] || [ -e /proc/1/stat ]; then echo gone
  else echo "left processes of other users are hidden on this host (hidepid), so nobody can tell whether it started any"; fi
}
rb_say_left() {
  rb_said= rb_number=0
  for rb_entry in $rb_found; do
    rb_pid=\${rb_entry%%:*}
    rb_see "$rb_pid" || continue
    case $rb_comm in ''|*[!A-Za-z0-9._:/+-]*) rb_comm='?' ;; esac
    if [ "$rb_state" = D ]; then rb_why='is in D state'
    elif ! kill -s 0 "$rb_pid" 2>/dev/null; then rb_why="is another user's"
    else rb_why='does not end'; fi
    rb_number=$((rb_number + 1))
    [ "$rb_number" -gt 3 ] || rb_said="$rb_said, process $rb_pid ($rb_comm) $rb_why"
  done
  [ "$rb_number" -le 3 ] || rb_said="$rb_said, and $((rb_number - 3)) more"
  if [ "$rb_number" = 0 ]; then rb_say_none; else echo "left \${rb_said#, }"; fi
}
`;

/*
 * Arguments: nonce, the step's pid, its shell's, the pid of the shell of the connection, the step's mark. A read that is a fork of the
 * reader ends with it: the reader is held until it is known to be at that very read, lest the next one is ended in its place.
 * A step that has `ended` by itself is about to be reported, and what it left running is left alone.
 */
const KILL = `
rb_kill() {
  rb_mark "$1:begin"
  rb_main=$(rb_session_of "$4") rb_step=$(rb_session_of "$2")
  if [ -z "$rb_proc" ]; then rb_stop "$2" "$5"
  elif ! rb_see "$2"; then echo ended
  elif [ "$2" != "$3" ]; then
    kill -s STOP "$3"
    if ! rb_see "$2"; then kill -s CONT "$3"; echo ended
    elif [ "$rb_step" = "$rb_main" ]; then kill -s KILL "$2" "$3"; echo 'left it has no session of its own'
    else rb_stop "$rb_step" "$5"; fi
  elif [ "$rb_step" = "$rb_main" ]; then kill -s KILL "$2"; echo 'left it has no session of its own'
  else rb_stop "$rb_step" "$5"; fi 2>/dev/null
  rb_mark "$1:end:0:"
}
`;

/*
 * The lock is held for as long as anything is there of a step that could not be ended, also when this shell has ended. Arguments: as of
 * rb_stop. A lease ends with this shell.
 */
const STAY = `
rb_stay() {
  [ -n "$rb_locked" ] && [ -n "$rb_flock$rb_perl" ] || return 0
  (
    exec 5>&- 6>&- 7>&- 8>&-
    trap '' PIPE
    rb_root=$1 rb_sids=$1 rb_sign=LC_RUNBOOK_STEP=$2 rb_found=
    rb_spare
    while rb_find; do sleep 2; done
    [ -d "/proc/$$" ] || rm -f "$rb_ledger.lock"
  ) </dev/null >/dev/null 2>&1 &
  rb_staying=$!
}
rb_stays() {
  for rb_pid in $rb_staying $rb_supervisor; do kill -s 0 "$rb_pid" 2>/dev/null && return; done
  return 1
}
`;

export const STOP_SOURCE = FIND + STOP + KILL + STAY;
