import { quote } from './quote.ts';

/*
 * The step is the leader of a session of its own, so that all it started can be found and ended. Its text is data in a pipe:
 * not in an argument (ps), not in a file (a full disk, secrets left behind), not in this shell (a syntax error would end it).
 */
export const LAUNCH_SOURCE = `
rb_launch() {
  if [ -z "$1" ]; then exec $rb_setsid /bin/sh /dev/fd/3 3<&0 </dev/null; fi
  rb_eval='rb_text=$(cat; echo .); exec </dev/null; eval "\${rb_text%.}"'
  if [ "$rb_uid" = 0 ] && rb_gid=$(id -g "$1") && [ -n "$rb_setpriv" ] &&
    setpriv --reuid "$1" --regid "$rb_gid" --init-groups --reset-env true 2>/dev/null; then
    exec $rb_setsid setpriv --reuid "$1" --regid "$rb_gid" --init-groups --reset-env /bin/sh -c "$rb_eval"
  elif [ -n "$rb_sudo" ]; then exec $rb_setsid sudo -n -H -u "$1" -- /bin/sh -c "$rb_eval"
  elif [ "$rb_uid" = 0 ]; then exec $rb_setsid su -s /bin/sh "$1" -c "$rb_eval"
  fi
  echo "sudo: not found" >&2; exit 126
}
`;

/*
 * What the reader is made of: a shell that is the leader of a session and runs reads one after another, each in a fork of its own,
 * which starts no program. Its 8 is stderr, and its 2 nothing: bash speaks there of children that were killed.
 * Does anybody still hold the output of a read that has ended? It would speak into the next one, so this reader is not used again:
 * what it is asked from then on it leaves to the next reader. Only processes that are new can; they have our pipes open.
 * Of those of other users only the session is told.
 */
const READER = `
rb_mark() { printf '\\n@%s\\n' "$1"; printf '\\n@%s\\n' "$1" >&8; }
rb_holds() {
  for rb_fd in "$1"/fd/*; do
    if [ "$rb_fd" -ef /proc/$$/fd/1 ] || [ "$rb_fd" -ef /proc/$$/fd/8 ]; then return 0; fi
  done
  [ ! -r "$1/fd" ] && { read -r rb_line <"$1/stat"; } && { set -- \${rb_line##*) }; [ "$4" = $$ ] && [ "$1" != Z ]; }
}
rb_look() {
  for rb_round in 1 2 3; do
    set -- /proc/[0-9]*
    [ "$*" != "$rb_before" ] || return 1
    rb_others=" $rb_before " rb_vanished=
    for rb_file; do
      case $rb_others in *" $rb_file "*) rb_others=" \${rb_others#*" $rb_file "}"; continue ;; esac
      rb_holds "$rb_file" && return 0
      [ -d "$rb_file" ] || rb_vanished=1
    done
    [ -n "$rb_vanished" ] || return 1
  done
}
rb_do() {
  [ -z "$rb_left" ] || return 0
  rb_mark "$1:begin"
  rb_nonce=$1 rb_text=$2 rb_user=$3
  set -- /proc/[0-9]*
  rb_before="$*"
  if [ -z "$rb_user" ]; then (exec </dev/null 2>&8 8>&-; unset rb_nonce rb_before; set --; eval "$rb_text")
  else (exec 2>&8 8>&-; printf %s "$rb_text" | rb_launch "$rb_user"); fi
  rb_rc=$?
  ! rb_look || rb_left=left
  rb_mark "$rb_nonce:end:$rb_rc:$rb_left"
}
exec 8>&2 2>/dev/null
`;

/*
 * The shell of the connection only hands reads on (5 is the reader's stdin), so it is there to end them when the connection ends.
 * Pipes without a file: one that a pipeline made is opened anew by way of /proc. Reader -> relay -> forwarder (cat) -> channel.
 * A relay goes on to drain when its forwarder is ended or the channel is gone: what a read left behind must not die of SIGPIPE.
 * The supervisor says how the reader ended, by the nonce of all readers: a step may have killed it.
 */
const SERVE = `
rb_read() {
  rb_calm
  if [ ! -e /proc/self/fd/0 ]; then rb_unread "\${2%% *}" 'the host has no /proc'
  elif rb_reader "$1"; then { printf 'rb_do %s\\n' "$2" >&5; } 2>/dev/null
  else rb_unread "\${2%% *}" 'the host could not start a shell'; fi
}
rb_unread() { rb_mark "$1:begin"; rb_mark "$1:end:-:$2"; }
rb_reader() {
  [ -z "$rb_reading" ] || return 0
  { rb_reading=$(exec 5>&1 1>&3 3>&- 9>&-; : | rb_connect "$1" &); } 3>&1
  [ -n "$rb_reading" ] && [ -p "/proc/$rb_reading/fd/6" ] || { rb_reading=; return 1; }
  exec 5>"/proc/$rb_reading/fd/6"
  printf '\\n%s\\n' "$rb_reader_source" "rb_left= rb_uid=$rb_uid rb_setsid=$rb_setsid rb_setpriv=$rb_setpriv rb_sudo=$rb_sudo" >&5
}
rb_connect() {
  exec 6<>/proc/self/fd/0 </dev/null
  { { rb_serve "$1" 2>&1 >&3 3>&- 4>&- | rb_drain >&4 3>&- 4>&- & } 3>&1 | rb_drain 4>&- & } 4>&2
}
rb_drain() {
  exec 5>&- 6<&-
  cat && exit
  exec $rb_setsid cat >/dev/null 2>&1
}
rb_serve() {
  read -r rb_self rb_rest </proc/self/stat
  echo "$rb_self" >&5
  exec 5>&- 8>&2 2>/dev/null
  read -r rb_go <&6
  exec 7</proc/self/fd/6 6<&-
  trap 'rb_stop "$rb_shell" >/dev/null' TERM
  $rb_setsid /bin/sh <&7 2>&8 7<&- 8>&- & rb_shell=$!
  exec 7<&-
  wait "$rb_shell"
  rb_mark "$1:end:$?:" 2>&8
}
rb_renew() {
  for rb_entry in $(rb_left "$(rb_session_of $$)"); do
    rb_pid=\${rb_entry%%:*}
    rb_stat "$rb_pid"
    case $rb_line in *" (cat) "*) kill "$rb_pid"; while [ -d "/proc/$rb_pid" ]; do sleep 0.1 || sleep 1; done ;; esac
  done 2>/dev/null
  exec 5>&-; rb_reading=
}
`;

/* A read that lasts gets a deadline that needs no connection. Argument: seconds; none: it has ended. */
const LIMIT = `
rb_limit() {
  [ -z "$rb_limiter" ] || kill "$rb_limiter" 2>/dev/null
  rb_limiter=
  [ -n "$1" ] && [ -n "$rb_reading" ] || return 0
  (exec 5>&- 9>&-; sleep "$1" & trap "kill $!" TERM; wait $! && kill -s TERM "$rb_reading") </dev/null >/dev/null 2>&1 & rb_limiter=$!
}
`;

export const READER_SOURCE = `rb_reader_source=${quote(LAUNCH_SOURCE + READER)}\n${SERVE}${LIMIT}`;
