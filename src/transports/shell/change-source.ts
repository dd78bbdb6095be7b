/** Of what is kept of a stream: somewhat more than the MiB that an `Output` has at each end, for our own lines in it. */
export const CHUNK_BYTES = 257 * 4096;

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
  rb_dropped=0
  rb_fill "$1" || exec cat
  while rb_fill "$1.next"; do
    [ ! -e "$1.before" ] || { rb_dropped=$((rb_dropped + 1)); echo "$rb_dropped" >"$1.dropped"; }
    [ ! -e "$1.tail" ] || mv -f "$1.tail" "$1.before"
    mv -f "$1.next" "$1.tail"
  done
  exec cat
}
rb_fill() {
  rb_size=0
  while [ "$rb_size" -lt ${CHUNK_BYTES} ]; do
    rb_block=4096 rb_count=$(((${CHUNK_BYTES} - rb_size) / 4096))
    [ "$rb_count" -gt 0 ] || rb_block=$((${CHUNK_BYTES} - rb_size)) rb_count=1
    rb_said=$(dd bs="$rb_block" count="$rb_count" 2>&1 >>"$1") || return
    rb_said=\${rb_said%% records in*} rb_said=\${rb_said##*[!0-9+]}
    [ $(($rb_said)) -ge "$rb_count" ] || return
    rb_size=$(($(wc -c <"$1")))
  done
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
  rb_nap "$2"
  trap '' TERM
  rb_see "$1" || exit 0
  : >"$rb_claim/timeout"
  rb_stop "$1" "$3" >"$rb_claim/timeout"
}
`;

/*
 * This shell's own stderr is the channel: what it says about its jobs (bash does) must not get between the step's lines.
 * It is admitted once more when it is claimed: an epoch that is put on file before the claim is there is seen here, and a claim that
 * was there before is seen by who put it on file.
 * Arguments: nonce, text, user, seconds, run, step.attempt, epoch, SHA-256 of the text, summary for the host's log,
 * mark of the step, SHA-256 of the nonce.
 */
const CHANGE = `
rb_refuse() { rb_mark "$1:end:-:$2"; }
rb_claim() {
  [ -n "$rb_locked" ] || { rb_why='the host is not locked'; return 1; }
  rb_claim=$rb_ledger/$1/$2
  rb_admit "$1" "$3" || return
  mkdir -m 700 "$rb_claim" || {
    [ -d "$rb_claim" ] && rb_why=claimed || rb_why="can't write to $rb_ledger"
    return 1
  }
  rb_admit "$1" "$3" || { rm -rf "$rb_claim"; return 1; }
  read -r rb_up rb_rest </proc/uptime
  printf '%s\\n' "epoch $3" "sha256 $4" "boot $rb_boot" "started $rb_up" "seconds $5" "mark $6" "ending $7" >"$rb_claim/claim" &&
    rb_fifos "$rb_claim/o" "$rb_claim/e" "$rb_claim/po" "$rb_claim/pe" || {
      rm -rf "$rb_claim"; rb_why="can't write to $rb_ledger, or make a FIFO there"; return 1
    }
} 2>/dev/null
rb_admit() {
  rb_read_epoch "$1"
  [ "$2" -ge "$rb_epoch" ] || { rb_why="a newer session of this run has been here (epoch $rb_epoch)"; return 1; }
  rb_raise "$1" "$2" || { rb_why="can't write to $rb_ledger"; return 1; }
}
rb_start_time() {
  rb_stat "$1" || return
  set -- \${rb_line##*) }
  case $1 in Z|X) return 1 ;; esac
  shift 19; echo "$1"
}
rb_change() {
  rb_begin "$1"
  rb_claim "$5" "$6" "$7" "$8" "$4" "\${10}" "\${11}" || { rb_refuse "$1" "$rb_why"; return; }
  rb_log "$9"
  exec 6>&2 2>/dev/null
  exec 8<>"$rb_claim/o" 7<>"$rb_claim/e"
  rb_relay o stdout 1; rb_relay e stderr 6
  echo "$rb_forwarders" >"$rb_claim/forwarders"
  (exec 5>&- 6>&- 7>&- 8>&- 9>&-; printf %s "$2") | rb_launch "$3" >&8 2>&7 5>&- 6>&- 7>&- 8>&- 9>&- & rb_child=$!
  echo "$rb_child $(rb_start_time $rb_child)" >"$rb_claim/pid"
  (exec 5>&- 6>&- 7>&- 8>&- 9>&-; rb_watch "$rb_child" "$4" "\${10}") </dev/null >/dev/null 2>&1 & rb_watcher=$!
  wait "$rb_child"; rb_rc=$?
  kill "$rb_watcher"; wait "$rb_watcher"
  rb_flag=; [ ! -e "$rb_claim/timeout" ] || read -r rb_flag <"$rb_claim/timeout"
  case $rb_flag in left*) rb_stay "$rb_child" "\${10}" ;; esac
  read -r rb_up rb_rest </proc/uptime
  printf '%s\\n' "$rb_rc $rb_flag" "$rb_up" >"$rb_claim/rc.tmp" && mv "$rb_claim/rc.tmp" "$rb_claim/rc"
  printf '\\n@%s:end:%s:%s\\n' "$1" "$rb_rc" "$rb_flag" >&8
  printf '\\n@%s:end:%s:%s\\n' "$1" "$rb_rc" "$rb_flag" >&7
  exec 7>&- 8>&-
  echo >"$rb_claim/told"
  exec 2>&6 6>&-
  rb_log "$9: ended $rb_rc"
}
`;

export const CHANGE_SOURCE = KEEP + WATCH + CHANGE;
