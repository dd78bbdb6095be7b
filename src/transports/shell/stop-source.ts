/*
 * Ends a whole session and proves it: `gone` is printed only when no process of it is left in /proc. `kill -0` proves nothing
 * (EPERM and a bad spelling look like "gone"), and `kill -KILL -- -PGID` is an error in dash, so the signal is spelled with -s.
 * A zombie is gone: nothing of it runs. Without /proc nothing can be proven. grep chooses from thousands of processes what is then
 * read with care: a name may hold anything.
 */
const STOP = `
rb_stat() {
  rb_line=
  { while read -r rb_part; do rb_line="$rb_line $rb_part"; done <"/proc/$1/stat"; } 2>/dev/null
  [ -n "$rb_line" ]
}
rb_session_of() { rb_stat "$1" && { set -- \${rb_line##*) }; echo "$4"; }; }
rb_left() {
  for rb_sid; do
    for rb_file in $(grep -lsE "\\) [A-Za-z] -?[0-9]+ -?[0-9]+ $rb_sid " /proc/[0-9]*/stat); do
      rb_left_pid=\${rb_file#/proc/} rb_left_pid=\${rb_left_pid%/stat}
      rb_stat "$rb_left_pid" || continue
      case "\${rb_line##*) }" in
      Z*|X*) ;;
      [A-Zt]" "*) rb_fields=\${rb_line##*) }; rb_match $rb_fields ;;
      esac
    done
  done
}
rb_match() { [ "$4" = "$rb_sid" ] && echo "$rb_left_pid:$3:$1"; }
rb_signal() {
  rb_name=$1; shift
  for rb_entry; do
    rb_group=\${rb_entry#*:}; rb_group=\${rb_group%%:*}
    kill -s "$rb_name" -- "-$rb_group" 2>/dev/null || kill -s "$rb_name" "\${rb_entry%%:*}" 2>/dev/null
  done
}
rb_stop() {
  [ -r /proc/self/stat ] && [ -n "$rb_grep" ] || {
    kill -s KILL -- "-$1" || kill -s KILL "$1"
    echo 'left /proc or grep is missing'; return
  } 2>/dev/null
  for rb_name in TERM KILL; do
    rb_round=0
    while [ "$rb_round" -lt 25 ]; do
      rb_found=$(rb_left "$@")
      [ -n "$rb_found" ] || { echo gone; return; }
      [ "$rb_round" -gt 0 ] && [ "$rb_name" = TERM ] || { rb_signal "$rb_name" $rb_found; kill -s CONT "$1" 2>/dev/null; }
      sleep 0.2 2>/dev/null || { sleep 1; rb_round=$((rb_round + 4)); }
      rb_round=$((rb_round + 1))
    done
  done
  echo "left" $rb_found
}
`;

/*
 * Arguments: nonce, the step's pid, its shell's, the pid of the shell of the connection. A read that is a fork of the reader ends
 * with it: the reader is held until it is known to be at that very read, lest the next one is ended in its place.
 */
const KILL = `
rb_kill() {
  rb_mark "$1:begin"
  rb_main=$(rb_session_of "$4") rb_step=$(rb_session_of "$2")
  if [ "$2" != "$3" ] && [ -n "$rb_step" ]; then
    kill -s STOP "$3"
    if ! rb_session_of "$2" >/dev/null; then kill -s CONT "$3"; echo gone
    elif [ "$rb_step" = "$rb_main" ]; then kill -s KILL "$2" "$3"; echo 'left it has no session of its own'
    else rb_stop "$rb_step"; fi
  elif [ -z "$rb_step" ]; then if [ "$2" = "$3" ]; then rb_stop "$2"; else echo gone; fi
  elif [ "$rb_step" = "$rb_main" ]; then kill -s KILL "$2"; echo 'left it has no session of its own'
  else rb_stop "$rb_step"; fi 2>/dev/null
  rb_mark "$1:end:0:"
}
`;

export const STOP_SOURCE = STOP + KILL;
