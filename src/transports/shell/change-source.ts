/** Of what is kept of a stream: somewhat more than the MiB that an `Output` has at each end, for our own lines in it. */
export const CHUNK_BYTES = 257 * 4096;

/*
 * A change is claimed before it starts, outlives the channel, and leaves its status in the claim.
 * Step -> $o (FIFO) -> relay, which keeps head and tail beside the claim and drains for ever -> $po (FIFO) -> forwarder -> channel.
 * Only the forwarder depends on the channel and only it is ended after the step: ending a relay would end a daemon at its next line.
 * A relay is given its FIFO open: one that is slow to start would open it when the step and we have left it, wait for ever, and what
 * was written would be gone. The lock is closed first, in a subshell: a FIFO is waited for, nobody must wait with the lock, and for a
 * program dash keeps a copy of what it closes until that is started. A relay that can't start what it needs keeps nothing, and passes on
 * what it is given: its trap runs, which starts no process.
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
  (trap '' PIPE; rb_or_pass "$1"; { rb_or_pass "$1"; rb_split; trap - EXIT; } | rb_keep "$rb_claim/$2" >/dev/null; trap - EXIT) 9>&- 8>&- 7>&- 6>&- 5>&- <&3 3<&- >/dev/null 2>&1 &
  exec 3<&-
}
rb_split() { tee "$rb_claim/p$rb_stream" || { trap - EXIT; exec cat; }; }
rb_or_pass() { rb_stream=$1; trap 'exec cat >"$rb_claim/p$rb_stream"' EXIT; }
rb_fifos() {
  if [ -n "$rb_mkfifo" ]; then mkfifo -m 600 "$@"
  elif [ -n "$rb_mknod" ]; then umask 077; for rb_fifo; do mknod "$rb_fifo" p || break; done; umask 022; [ -p "$rb_fifo" ]
  else perl -MPOSIX -e 'mkfifo($_, 0600) || exit 1 for @ARGV' "$@"; fi
}
`;

/*
 * Ends the step at its deadline without any connection, and says in the claim how that went. It is there before the step is: what is
 * started last is the step. Arguments: seconds, mark.
 */
const WATCH = `
rb_watch() {
  rb_nap "$1" || exit 0
  until { read -r rb_child rb_born <"$rb_claim/pid"; } 2>/dev/null && [ -n "$rb_child" ]; do
    [ -d "/proc/$rb_supervisor" ] && rb_nap 1 || exit 0
  done
  trap '' TERM
  rb_see "$rb_child" || exit 0
  rb_flag=$(rb_stop "$rb_child" "$2")
  echo "$rb_flag" 1<>"$rb_claim/timeout"
}
`;

/*
 * Room for what is to be written in a claim is taken with it: once a step has begun, a full disk must not keep its end from being
 * recorded. Whoever reads them takes no empty line for an answer, and no end without its second line.
 */
const CLAIM = `
rb_claim() {
  [ -n "$rb_locked" ] || { rb_why='the host is not locked'; return 1; }
  rb_claim=$rb_ledger/$1/$2
  rb_admit "$1" "$3" || return
  mkdir -m 700 "$rb_claim" || {
    [ -d "$rb_claim" ] && rb_why=claimed || rb_cannot_write
    return 1
  }
  rb_admit "$1" "$3" || { rm -rf "$rb_claim"; return 1; }
  read -r rb_up rb_rest </proc/uptime
  printf '%s\\n' "epoch $3" "sha256 $4" "boot $rb_boot" "started $rb_up" "seconds $5" "mark $6" "ending $7" >"$rb_claim/claim" &&
    for rb_name in supervisor pid timeout rc; do echo >"$rb_claim/$rb_name" || break; done && [ -s "$rb_claim/rc" ] &&
    rb_fifos "$rb_claim/o" "$rb_claim/e" "$rb_claim/po" "$rb_claim/pe" || {
      rm -rf "$rb_claim"; rb_cannot_write; rb_why="$rb_why, or make a FIFO there"; return 1
    }
} 2>/dev/null
rb_cannot_write() {
  rb_why="can't write to $rb_ledger"
  set -- $(df -P "$rb_ledger" | tail -n 1)
  case $5 in 100%) rb_why="$rb_why: the filesystem $6 is full" ;; esac
}
rb_admit() {
  rb_read_epoch "$1"
  [ "$2" -ge "$rb_epoch" ] || { rb_why="a newer session of this run has been here (epoch $rb_epoch)"; return 1; }
  rb_raise "$1" "$2" || { rb_cannot_write; return 1; }
}
rb_ended() {
  rb_ended_rc= rb_ended_up=
  { { read -r rb_ended_rc && read -r rb_ended_up; } <"$1/rc"; } 2>/dev/null && [ -n "$rb_ended_rc" ]
}
rb_start_time() {
  rb_stat "$1" || return
  set -- \${rb_line##*) }
  case $1 in Z|X) return 1 ;; esac
  shift 19; echo "$1"
}
`;

/*
 * The step is started, awaited and recorded by a process of its own, which has the lock too: so its end is known, and the host locked until
 * then, also when the shell of the connection is killed. From the start of the step on it starts no other process: a host that is out
 * of processes must not keep the end from being told. A shell that cannot fork ends (a bash after half a minute), and its trap runs; in
 * a fork of bash that was ended at once, too: not for that one.
 * Arguments: those of rb_change.
 */
const SUPERVISE = `
rb_supervise() {
  rb_child= rb_rc= rb_flag= rb_told=
  read -r rb_supervisor rb_rest </proc/self/stat
  trap rb_finish EXIT
  if rb_see "$rb_supervisor"; then echo "$rb_supervisor $rb_born" 1<>"$rb_claim/supervisor"; fi
  (exec 7>&- 8>&- 9>&-; rb_watch "$4" "\${10}") </dev/null >/dev/null 2>&1 & rb_watcher=$!
  (exec 7>&- 8>&- 9>&-; printf %s "$2") | rb_launch "$3" >&8 2>&7 7>&- 8>&- 9>&- & rb_child=$!
  if rb_see "$rb_child"; then echo "$rb_child $rb_born" 1<>"$rb_claim/pid"; else echo "$rb_child" 1<>"$rb_claim/pid"; fi
  wait "$rb_child"; rb_rc=$?
  kill "$rb_watcher"; wait "$rb_watcher"
  read -r rb_flag <"$rb_claim/timeout"
  case $rb_flag in left*) rb_stay "$rb_child" "\${10}"; echo "$rb_staying" >"$rb_claim/staying" ;; esac
  rb_finish
}
rb_finish() {
  read -r rb_self rb_rest </proc/self/stat
  [ "$rb_self" = "$rb_supervisor" ] && [ -z "$rb_told" ] || return 0
  [ -n "$rb_child" ] || rb_rc=- rb_flag=$rb_no_fork
  [ -n "$rb_rc" ] || return 0
  rb_told=1
  rb_record "$rb_rc" "$rb_flag"
  printf '\\n@%s:end:%s:%s\\n' "$rb_nonce" "$rb_rc" "$rb_flag" >&8
  printf '\\n@%s:end:%s:%s\\n' "$rb_nonce" "$rb_rc" "$rb_flag" >&7
  : >"$rb_claim/told"
  [ -d "/proc/$$" ] || [ -n "$rb_staying" ] || rm -f "$rb_ledger.lock"
}
rb_record() {
  read -r rb_up rb_rest </proc/uptime
  printf '%s\\n' "$1 $2" "$rb_up" 1<>"$rb_claim/rc"
}
rb_no_fork="the host can't start another process: it is out of processes, memory or open files"
`;

/*
 * This shell's own stderr is the channel: what it says about its jobs (bash does) must not get between the step's lines.
 * It is admitted once more when it is claimed: an epoch that is put on file before the claim is there is seen here, and a claim that
 * was there before is seen by who put it on file.
 * Arguments: nonce, text, user, seconds, run, step.attempt, epoch, SHA-256 of the text, summary for the host's log,
 * mark of the step, SHA-256 of the nonce.
 */
const CHANGE = `
rb_refuse() {
  rb_starting=
  printf '\\n@%s:end:-:%s\\n' "$rb_nonce" "$1"
  printf '\\n@%s:end:-:%s\\n' "$rb_nonce" "$1" >&6
}
rb_unstarted() {
  [ ! -f "$rb_claim/rc" ] || rb_record - "$rb_no_fork"
  rb_refuse "$rb_no_fork"
}
rb_change() {
  rb_begin "$1"
  exec 6>&2 2>/dev/null
  rb_nonce=$1 rb_claim=- rb_starting=1
  if rb_claim "$5" "$6" "$7" "$8" "$4" "\${10}" "\${11}"; then rb_carry_out "$@"; else rb_refuse "$rb_why"; fi
  exec 2>&6 6>&-
}
rb_carry_out() {
  rb_log "$9"
  exec 8<>"$rb_claim/o" 7<>"$rb_claim/e"
  rb_relay o stdout 1; rb_relay e stderr 6
  echo "$rb_forwarders" >"$rb_claim/forwarders"
  (exec </dev/null >/dev/null 5>&- 6>&-; rb_supervise "$@") & rb_supervisor=$!
  rb_starting=
  wait "$rb_supervisor"
  rb_supervisor=
  exec 7>&- 8>&-
  rb_ended "$rb_claim" || { rb_calm; exit 1; }
  [ ! -s "$rb_claim/staying" ] || read -r rb_staying <"$rb_claim/staying"
  rb_log "$9: ended \${rb_ended_rc%% *}"
}
`;

export const CHANGE_SOURCE = KEEP + WATCH + CLAIM + SUPERVISE + CHANGE;
