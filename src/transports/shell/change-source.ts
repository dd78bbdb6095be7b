/*
 * A change is claimed before it starts, outlives the channel, and leaves its status in the claim.
 * Step -> $o (FIFO) -> relay, which keeps head and tail beside the claim and drains for ever -> $po (FIFO) -> forwarder -> channel.
 * Only the forwarder depends on the channel and only it is ended after the step: ending a relay would end a daemon at its next line.
 * A relay is given its FIFO open: one that is slow to start would open it when the step and we have left it, wait for ever, and what
 * was written would be gone. The lock is closed first, in a subshell: a FIFO is waited for, nobody must wait with the lock, and for a
 * program dash keeps a copy of what it closes until that is started.
 */
const KEEP = `
rb_keep() {
  dd bs=4096 count=256 of="$1" || exec cat
  while dd bs=4096 count=256 of="$1.next" && [ -s "$1.next" ]; do
    [ ! -e "$1.tail" ] || mv -f "$1.tail" "$1.before"
    mv -f "$1.next" "$1.tail"
  done
  exec cat
}
rb_relay() {
  (exec cat) 9>&- 8>&- 7>&- 5>&- <"$rb_claim/p$1" >&"$3" 6>&- &
  rb_forwarders="$rb_forwarders $!"
  exec 3<"$rb_claim/$1"
  (trap '' PIPE; { tee "$rb_claim/p$1" || exec cat; } | rb_keep "$rb_claim/$2" >/dev/null) 9>&- 8>&- 7>&- 6>&- 5>&- <&3 3<&- >/dev/null 2>&1 &
  exec 3<&-
}
rb_fifos() {
  if [ -n "$rb_mkfifo" ]; then mkfifo -m 600 "$@"
  elif [ -n "$rb_mknod" ]; then umask 077; for rb_fifo; do mknod "$rb_fifo" p || break; done; umask 022; [ -p "$rb_fifo" ]
  else perl -MPOSIX -e 'mkfifo($_, 0600) || exit 1 for @ARGV' "$@"; fi
}
`;

/* Ends the step at its deadline without any connection, and says in the claim how that went. */
const WATCH = `
rb_watch() {
  sleep "$2" & rb_sleep=$!
  trap 'kill "$rb_sleep"; exit 0' TERM
  wait "$rb_sleep"
  trap '' TERM
  : >"$rb_claim/timeout"
  rb_stop "$1" >"$rb_claim/timeout"
}
`;

/*
 * This shell's own stderr is the channel: what it says about its jobs (bash does) must not get between the step's lines.
 * Arguments: nonce, text, user, seconds, run, step.attempt, epoch, SHA-256 of the text, summary for the host's log.
 */
const CHANGE = `
rb_refuse() { rb_mark "$1:end:-:$2"; }
rb_claim() {
  [ -n "$rb_locked" ] || { rb_why='the host is not locked'; return 1; }
  rb_run_folder=$rb_ledger/$1 rb_claim=$rb_ledger/$1/$2
  [ -d "$rb_run_folder" ] || mkdir -m 700 "$rb_run_folder" || { rb_why="can't write to $rb_ledger"; return 1; }
  rb_epoch=0; [ ! -e "$rb_run_folder/epoch" ] || read -r rb_epoch <"$rb_run_folder/epoch"
  [ "$3" -ge "$rb_epoch" ] || { rb_why="a newer session of this run has been here (epoch $rb_epoch)"; return 1; }
  mkdir -m 700 "$rb_claim" || {
    [ -d "$rb_claim" ] && rb_why=claimed || rb_why="can't write to $rb_ledger"
    return 1
  }
  echo "$3" >"$rb_run_folder/epoch" && printf 'epoch %s\\nsha256 %s\\n' "$3" "$4" >"$rb_claim/claim" &&
    rb_fifos "$rb_claim/o" "$rb_claim/e" "$rb_claim/po" "$rb_claim/pe" || {
      rm -rf "$rb_claim"; rb_why="can't write to $rb_ledger, or make a FIFO there"; return 1
    }
} 2>/dev/null
rb_start_time() {
  rb_stat "$1" || return
  set -- \${rb_line##*) }
  case $1 in Z|X) return 1 ;; esac
  shift 19; echo "$1"
}
rb_change() {
  rb_begin "$1"
  rb_claim "$5" "$6" "$7" "$8" || { rb_refuse "$1" "$rb_why"; return; }
  rb_log "$9"
  exec 6>&2 2>/dev/null
  exec 8<>"$rb_claim/o" 7<>"$rb_claim/e"
  rb_relay o stdout 1; rb_relay e stderr 6
  (exec 5>&- 6>&- 7>&- 8>&- 9>&-; printf %s "$2") | rb_launch "$3" >&8 2>&7 5>&- 6>&- 7>&- 8>&- 9>&- & rb_child=$!
  echo "$rb_child $(rb_start_time $rb_child)" >"$rb_claim/pid"
  (exec 5>&- 6>&- 7>&- 8>&- 9>&-; rb_watch "$rb_child" "$4") </dev/null >/dev/null 2>&1 & rb_watcher=$!
  wait "$rb_child"; rb_rc=$?
  kill "$rb_watcher"; wait "$rb_watcher"
  rb_flag=; [ ! -e "$rb_claim/timeout" ] || read -r rb_flag <"$rb_claim/timeout"
  echo "$rb_rc $rb_flag" >"$rb_claim/rc.tmp" && mv "$rb_claim/rc.tmp" "$rb_claim/rc"
  printf '\\n@%s:end:%s:%s\\n' "$1" "$rb_rc" "$rb_flag" >&8
  printf '\\n@%s:end:%s:%s\\n' "$1" "$rb_rc" "$rb_flag" >&7
  exec 7>&- 8>&- 2>&6 6>&-
  rb_log "$9: ended $rb_rc"
}
`;

export const CHANGE_SOURCE = KEEP + WATCH + CHANGE;
