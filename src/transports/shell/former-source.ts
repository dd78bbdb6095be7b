/*
 * The folder of a run on a host has its highest epoch, which a claim with a lower one is refused for, and the epoch that made the
 * folder: what was claimed before that is not there any more, and its absence proves nothing.
 */
const EPOCH = `
rb_read_epoch() {
  rb_epoch= rb_from=
  { read -r rb_epoch rb_from <"$rb_ledger/$1/epoch"; } 2>/dev/null
  rb_epoch=\${rb_epoch:-0}
}
rb_raise() {
  [ -d "$rb_ledger/$1" ] || mkdir -m 700 "$rb_ledger/$1" || return
  [ "$2" -le "$rb_epoch" ] || echo "$2 \${rb_from:-$2}" >"$rb_ledger/$1/epoch"
}
`;

/*
 * Sets rb_open to what the run has claimed and not ended: "NAME STATE LEFT". STATE: "runs", the step itself lives; "ends", it does not,
 * and who has to say how it ended lives and has not said all. LEFT: seconds to its deadline. The second argument is the epoch of the shell
 * that has the lock, nothing when there is none. A claim from before a restart of the host has nothing that lives.
 */
const OPEN = `
rb_lives() { [ -n "$2" ] && [ "$(rb_start_time "$1")" = "$2" ]; }
rb_read_claim() {
  rb_c_epoch= rb_c_boot= rb_c_mark= rb_c_started=0 rb_c_seconds=0 rb_c_pid= rb_c_start=
  while read -r rb_key rb_value; do
    case $rb_key in epoch|boot|mark|started|seconds) eval "rb_c_$rb_key=\\$rb_value" ;; esac
  done <"$1/claim"
  read -r rb_c_pid rb_c_start <"$1/pid"
  read -r rb_up rb_rest </proc/uptime
  rb_c_left=$((\${rb_c_started%.*} + rb_c_seconds - \${rb_up%.*}))
} 2>/dev/null
rb_runs() {
  [ "$rb_c_boot" = "$rb_boot" ] || return
  if [ -n "$rb_c_start" ]; then rb_lives "$rb_c_pid" "$rb_c_start"; return; fi
  for rb_fd in /proc/[0-9]*/fd/[12]; do
    if [ "$rb_fd" -ef "$1/o" ] || [ "$rb_fd" -ef "$1/e" ]; then rb_c_pid=\${rb_fd#/proc/} rb_c_pid=\${rb_c_pid%%/*}; return 0; fi
  done
  return 1
}
rb_supervised() {
  rb_s_pid= rb_s_start=
  { read -r rb_s_pid rb_s_start <"$1/supervisor"; } 2>/dev/null
  rb_lives "$rb_s_pid" "$rb_s_start"
}
rb_find_open() {
  rb_open=
  for rb_dir in "$rb_ledger/$1"/*/; do
    rb_dir=\${rb_dir%/}
    [ -d "$rb_dir" ] && [ ! -e "$rb_dir/told" ] || continue
    [ -n "$2" ] || ! rb_ended "$rb_dir" || continue
    rb_read_claim "$rb_dir"
    if ! rb_ended "$rb_dir" && rb_runs "$rb_dir"; then rb_open="\${rb_dir##*/} runs $rb_c_left"; return; fi
    if [ -n "$2" ] && [ "\${rb_c_epoch:-$2}" = "$2" ] || rb_supervised "$rb_dir"; then rb_open="\${rb_dir##*/} ends $rb_c_left"; fi
  done
}
`;

/*
 * Another shell has the lock. That of an earlier connection of the same run to the same host is ended once nothing of it runs: it may sit
 * in a connection that is dead for hours. It is known by pid, start time, and the lock that it holds open. Where it was killed, what
 * supervises its step may still have the lock, until it has recorded how that ended. What it forwards is
 * ended at once: into a connection that takes nothing any more, it would hold up the step. Arguments: run, host, epoch, force.
 */
const FORMER = `
rb_former() {
  rb_its_pid= rb_its_start= rb_its_run= rb_its_host= rb_its_epoch=
  { { read -r rb_its_pid rb_its_start; read -r rb_its_run; read -r rb_its_host; read -r rb_its_epoch; } <"$rb_ledger/holder"; } 2>/dev/null
  rb_holds_lock || { echo busy; cat "$rb_ledger.lock" 2>/dev/null; return 1; }
  [ "$rb_its_run" = "$1" ] || { echo held; cat "$rb_ledger.lock" 2>/dev/null; return 1; }
  [ "$rb_its_host" = "$2" ] || { echo twin; return 1; }
  [ "\${rb_its_epoch:-0}" -lt "$3" ] || { echo "newer $rb_its_epoch"; return 1; }
  rb_read_epoch "$1"
  [ "$rb_epoch" -le "$3" ] || { echo "newer $rb_epoch"; return 1; }
  rb_raise "$1" "$3" 2>/dev/null || { echo "unsafe can't be written: it is full"; return 1; }
  rb_end_forwarders "$1"
  rb_find_open "$1" "$rb_its_epoch"
  case "$rb_open $4" in
  *' runs '*) [ "$rb_c_left" -gt -20 ] || { echo "stuck $rb_c_pid $rb_open"; return 1; }; echo "waits $rb_open"; return 1 ;;
  *' ends '*' force') ;;
  *' ends '*) echo "waits $rb_open"; return 1 ;;
  esac
  while rb_holds_lock; do rb_end_holder || { echo "stuck $rb_its_pid"; return 1; }; done
  rb_take 2>/dev/null || { echo busy; cat "$rb_ledger.lock" 2>/dev/null; return 1; }
}
rb_holds_lock() {
  rb_has_lock "$rb_its_pid" "$rb_its_start" && return
  [ -n "$rb_its_run" ] || return
  for rb_dir in "$rb_ledger/$rb_its_run"/*/; do
    rb_supervised "\${rb_dir%/}" && rb_has_lock "$rb_s_pid" "$rb_s_start" && rb_its_pid=$rb_s_pid rb_its_start=$rb_s_start && return
  done
  return 1
}
rb_has_lock() {
  rb_lives "$1" "$2" && [ -O "/proc/$1" ] || return
  [ -z "$rb_flock$rb_perl" ] || [ "/proc/$1/fd/9" -ef "$rb_ledger/lock" ]
}
rb_end_forwarders() {
  for rb_dir in "$rb_ledger/$1"/*/; do
    rb_list=
    [ ! -e "$rb_dir/forwarders" ] || read -r rb_list <"$rb_dir/forwarders"
    for rb_pid in $rb_list; do
      if [ "/proc/$rb_pid/fd/0" -ef "$rb_dir/po" ] || [ "/proc/$rb_pid/fd/0" -ef "$rb_dir/pe" ]; then kill "$rb_pid"; fi
    done
  done 2>/dev/null
}
rb_end_holder() {
  for rb_name in TERM KILL; do
    kill -s "$rb_name" "$rb_its_pid"
    rb_round=0
    while [ "$rb_round" -lt 15 ]; do
      rb_lives "$rb_its_pid" "$rb_its_start" || return 0
      sleep 0.1 || { sleep 1; rb_round=$((rb_round + 9)); }
      rb_round=$((rb_round + 1))
    done
  done 2>/dev/null
  return 1
}
`;

/*
 * The lock is ours; a step may run on by itself where its shell and what supervises it were killed. What forwards its output keeps the
 * former connection open, and is ended. After its deadline it is ended, whoever should have done that.
 */
const OUTLIVE = `
rb_outlive() {
  rb_end_forwarders "$1"
  rb_find_open "$1" ''
  [ -n "$rb_open" ] || return 0
  [ "$rb_c_left" -le -20 ] || { echo "waits $rb_open"; return 1; }
  rb_stop "$rb_c_pid" "$rb_c_mark" >/dev/null 2>&1
  return 0
}
`;

export const FORMER_SOURCE = EPOCH + OPEN + FORMER + OUTLIVE;
