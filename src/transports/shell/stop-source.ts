/*
 * Ends a whole session and proves it: `gone` is printed only when no process of it is left in /proc. `kill -0` proves nothing
 * (EPERM and a bad spelling look like "gone"), and `kill -KILL -- -PGID` is an error in dash, so the signal is spelled with -s.
 * A zombie is gone: nothing of it runs. Without /proc nothing can be proven.
 */
const STOP = `
rb_stat() {
  rb_line=
  { while read -r rb_part; do rb_line="$rb_line $rb_part"; done <"/proc/$1/stat"; } 2>/dev/null
  [ -n "$rb_line" ]
}
rb_session_of() { rb_stat "$1" && { set -- \${rb_line##*) }; echo "$4"; }; }
rb_left() {
  for rb_file in /proc/[0-9]*; do
    rb_stat "\${rb_file#/proc/}" || continue
    rb_left_pid=\${rb_file#/proc/}
    for rb_sid; do
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
  [ -r /proc/self/stat ] || { kill -s KILL -- "-$1" 2>/dev/null; echo 'left /proc is missing'; return; }
  for rb_name in TERM KILL; do
    rb_round=0
    while [ "$rb_round" -lt 25 ]; do
      rb_found=$(rb_left "$@")
      [ -n "$rb_found" ] || { echo gone; return; }
      [ "$rb_round" -gt 0 ] && [ "$rb_name" = TERM ] || rb_signal "$rb_name" $rb_found
      sleep 0.2 2>/dev/null || { sleep 1; rb_round=$((rb_round + 4)); }
      rb_round=$((rb_round + 1))
    done
  done
  echo "left" $rb_found
}
`;

/* Arguments: nonce, the step's pid, its parent's, the pid of the shell that runs the steps. */
const KILL = `
rb_kill() {
  rb_mark "$1:begin"
  rb_main=$(rb_session_of "$4")
  if rb_step=$(rb_session_of "$2"); then
    if [ "$rb_step" = "$rb_main" ]; then kill -s KILL "$2"; echo 'left it has no session of its own'; else rb_stop "$rb_step"; fi
  else rb_stop "$2" "$3"; fi 2>/dev/null
  rb_mark "$1:end:0:"
}
`;

/*
 * Ends the forwarders of a read whose step has ended, when something it started still holds its output; another reader first takes
 * the pipe over and drains it for ever, lest SIGPIPE end that something. Arguments: nonce, pid of the shell that runs the steps, and
 * the pids to end; without these they are only listed.
 */
const UNBLOCK = `
rb_unblock() {
  rb_nonce=$1; rb_mark "$1:begin"
  rb_main=$(rb_session_of "$2"); shift 2
  for rb_entry; do
    $rb_setsid cat <"/proc/$rb_entry/fd/0" >/dev/null 2>&1 &
    sleep 0.1 2>/dev/null || sleep 1
    kill -s TERM "$rb_entry" 2>/dev/null
  done
  [ "$#" != 0 ] || for rb_entry in $(rb_left "$rb_main"); do
    rb_stat "\${rb_entry%%:*}"
    case "$rb_line" in *" (cat) "*) echo "\${rb_entry%%:*}" ;; esac
  done
  rb_mark "$rb_nonce:end:0:"
}
`;

export const STOP_SOURCE = STOP + KILL + UNBLOCK;
