/* The syslog tells people on the host who was here; it is never waited for. */
const LOG = `
rb_log() {
  [ -z "$rb_logger" ] || [ -z "$rb_locked" ] || (exec 9>&- 8>&- 7>&- 6>&- 5>&-; logger -t runbook -- "$rb_run: $1" </dev/null >/dev/null 2>&1 &)
}
`;

/* Prints "unsafe WHY" or nothing. Nobody else may be able to write to, read, or have made the folder that says what was run. */
const FOLDER = `
rb_folder() {
  if [ ! -e "$rb_ledger" ] && [ ! -L "$rb_ledger" ]; then
    [ "$rb_uid" = 0 ] || (umask 077; mkdir -p "\${rb_ledger%/*}")
    mkdir -m 700 "$rb_ledger" || [ -d "$rb_ledger" ] || { echo "unsafe can't be made: \${rb_ledger%/*} is read-only, full or missing"; return 1; }
  fi 2>/dev/null
  [ -d "$rb_ledger" ] && [ ! -L "$rb_ledger" ] || { echo 'unsafe is not a directory'; return 1; }
  set -- $(cd -P "$rb_ledger" && ls -ldn .)
  case "$1 $3" in
  "drwx------ $rb_uid"|"drwx------. $rb_uid"|"drwx------+ $rb_uid"|"drwx--S--- $rb_uid") ;;
  *) echo "unsafe has mode $1 and owner $3 instead of drwx------ and $rb_uid"; return 1 ;;
  esac
  (: >>"$rb_ledger/lock") 2>/dev/null || { echo "unsafe can't be written: it is read-only or full"; return 1; }
}
`;

/*
 * The kernel frees a flock when this shell ends, however it ends. Where nothing can take one, a directory holds the pid and start time of this
 * shell; it is taken over when no such process lives, and nothing that supervises a step.
 */
const TAKE = `
rb_take() {
  if [ -n "$rb_flock$rb_perl" ]; then
    exec 9>>"$rb_ledger/lock"
    if [ -n "$rb_flock" ]; then flock -n 9; else perl -e 'open(F, ">&=9") && flock(F, 6) || exit 1'; fi && return
    exec 9>&-; return 1
  fi
  rb_lease=$rb_ledger/lease
  if ! mkdir -m 700 "$rb_lease" 2>/dev/null; then
    read -r rb_pid rb_start <"$rb_lease/holder" || return 1
    [ "$(rb_start_time "$rb_pid")" != "$rb_start" ] || return 1
    for rb_dir in "$rb_ledger"/*/*/; do ! rb_supervised "\${rb_dir%/}" || return 1; done
    mv "$rb_lease" "$rb_lease.$$" && read -r rb_other rb_rest <"$rb_lease.$$/holder" || return 1
    [ "$rb_other" = "$rb_pid" ] || { mv "$rb_lease.$$" "$rb_lease"; return 1; }
    rm -rf "$rb_lease.$$"
    mkdir -m 700 "$rb_lease" || return 1
  fi 2>/dev/null
  echo "$$ $(rb_start_time $$)" >"$rb_lease/holder"
}
`;

/* Prints "missing WHAT" where a change could not be ended, proven gone, or recorded while the connection is cut. */
const ABLE = `
rb_able() {
  [ -n "$rb_proc" ] || { echo 'missing no /proc, so nobody could tell whether a step has ended'; return 1; }
  [ -n "$rb_setsid" ] || { echo 'missing neither setsid nor perl, so a step could not be ended with all it started'; return 1; }
  [ -n "$rb_mkfifo$rb_mknod$rb_perl" ] || { echo 'missing neither mkfifo, mknod nor perl, so a step would end with the connection'; return 1; }
  for rb_tool in dd tee grep; do
    eval "[ -n \\"\\$rb_$rb_tool\\" ]" || { echo "missing no $rb_tool, so a step could not be recorded or proven gone"; return 1; }
  done
}
`;

/*
 * Arguments: nonce, run, runbook, by, since, session of the controller, a random incarnation for a new ledger, the run's name for the
 * host, epoch, and "force" to end a former shell that does not come to an end. Asked again while it answers "waits": the epoch is
 * on file from the first time on, so that no earlier connection begins anything more.
 * The note is for people who log in: outside the folder, so that everyone can read it.
 */
const LOCK = `
rb_lock() {
  rb_begin "$1"
  rb_take_lock "$@" 2>&1
  rb_mark "$1:end:$?:"
}
rb_take_lock() {
  rb_able && rb_folder || return
  if [ -z "$rb_locked" ]; then
    rb_take 2>/dev/null || rb_former "$2" "$8" "$9" "\${10}" || return
    rb_locked=1 rb_run=$2
  fi
  rb_read_epoch "$2"
  [ "$9" -ge "$rb_epoch" ] || { rb_release; echo "newer $rb_epoch"; return; }
  { rb_raise "$2" "$9" && printf '%s\\n' "$$ $(rb_start_time $$)" "$2" "$8" "$9" >"$rb_ledger/holder"; } 2>/dev/null || {
    rb_release; echo "unsafe can't be written: it is full"; return
  }
  rb_outlive "$2" || return
  (umask 022; printf 'run %s\\nrunbook %s\\nby %s\\nsince %s\\nsession %s\\nhost %s\\nepoch %s\\n' "$2" "$3" "$4" "$5" "$6" "$8" "$9" >"$rb_ledger.lock.new") 2>/dev/null &&
    mv -f "$rb_ledger.lock.new" "$rb_ledger.lock"
  [ -s "$rb_ledger/incarnation" ] || { echo "$7" >"$rb_ledger/incarnation.new" && mv "$rb_ledger/incarnation.new" "$rb_ledger/incarnation"; } 2>/dev/null
  find "$rb_ledger" -mindepth 1 -maxdepth 1 -type d -mtime +7 ! -path "$rb_ledger/$2" -exec rm -rf {} + 2>/dev/null
  rb_log "locked by $4 for $3"
  { read -r rb_incarnation <"$rb_ledger/incarnation"; } 2>/dev/null || { rb_release; echo "unsafe can't be written: it is full"; return; }
  if [ -n "$rb_flock$rb_perl" ]; then echo "locked $rb_incarnation"; else echo "leased $rb_incarnation"; fi
}
rb_release() {
  [ -n "$rb_locked" ] || return 0
  rb_log released
  rb_stays || rm -f "$rb_ledger.lock" "$rb_ledger/holder"
  [ -n "$rb_flock$rb_perl" ] || rm -rf "$rb_ledger/lease"
  rb_locked=
  exec 9>&-
}
`;

/*
 * The claims of the run go, unless one has no end that anybody was told. Says "clean" where they are gone and nothing of the run is left
 * in this shell, which may then serve another run. Arguments: nonce, run or nothing.
 */
const CLOSE = `
rb_close() {
  rb_begin "$1"
  [ -z "$2" ] || rb_all_told "$2" || set -- "$1" ''
  [ -z "$2" ] || { rm -rf "$rb_ledger/$2" 2>/dev/null && [ -z "$rb_staying" ] && echo clean; }
  rb_settled=
  rb_release
  rb_mark "$1:end:0:"
}
rb_all_told() {
  for rb_dir in "$rb_ledger/$1"/*/; do
    [ -d "$rb_dir" ] && ! rb_ended "$rb_dir" || continue
    rb_dir=\${rb_dir%/}
    case "$rb_settled " in *" \${rb_dir##*/} "*) ;; *) return 1 ;; esac
  done
}
`;

export const LEDGER_SOURCE = LOG + FOLDER + TAKE + ABLE + LOCK + CLOSE;
