import { quote } from './quote.ts';

/*
 * The step is the leader of a session of its own, so that all it started can be found and ended. Its text is data in a pipe:
 * not in an argument (ps), not in a file (a full disk, secrets left behind), not in this shell (a syntax error would end it).
 */
export const LAUNCH_SOURCE = `
rb_launch() {
  rb_eval='rb_text=$(cat; echo .); exec </dev/null; eval "\${rb_text%.}"'
  if [ -z "$1" ] && [ -n "$rb_proc" ]; then exec $rb_setsid /bin/sh /dev/fd/3 3<&0 </dev/null
  elif [ -z "$1" ]; then exec $rb_setsid /bin/sh -c "$rb_eval"; fi
  if rb_gid=$(id -g "$1") && [ -n "$rb_setpriv" ] &&
    setpriv --reuid "$1" --regid "$rb_gid" --init-groups --reset-env true 2>/dev/null; then
    exec $rb_setsid setpriv --reuid "$1" --regid "$rb_gid" --init-groups --reset-env /bin/sh -c "$rb_eval"
  fi
  exec $rb_setsid su -s /bin/sh -c "$rb_eval" "$1"
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
rb_holds() {
  for rb_fd in "$1"/fd/*; do
    if [ "$rb_fd" -ef /proc/$$/fd/1 ] || [ "$rb_fd" -ef /proc/$$/fd/8 ]; then return 0; fi
  done
  [ ! -r "$1/fd" ] && read -r rb_line <"$1/stat" && set -- \${rb_line##*) } && [ "$4" = $$ ] && [ "$1" != Z ]
}
rb_list() { set -- /proc/[0-9]*; rb_listed="$*"; }
rb_look() {
  for rb_round in 1 2 3; do
    rb_before=$rb_listed rb_vanished= rb_turn=$((rb_turn + 1))
    rb_list
    [ "$rb_listed" != "$rb_before" ] || return 1
    for rb_file in $rb_before; do eval "rb_at_\${rb_file#/proc/}=$rb_turn"; done
    for rb_file in $rb_listed; do
      eval "[ \\"\\$rb_at_\${rb_file#/proc/}\\" = $rb_turn ]" && continue
      rb_holds "$rb_file" && return 0
      [ -d "$rb_file" ] || rb_vanished=1
    done
    [ -n "$rb_vanished" ] || return 1
  done
}
rb_begin_read() {
  printf '\\n@%s:begin\\n' "$1"
  if [ -n "$rb_user" ]; then printf '\\n@%s:begin\\n' "$1" >&2; return; fi
  cd -P /proc/self; rb_self=\${PWD#/proc/}; cd /; unset OLDPWD
  printf '\\n@%s:begin\\n\\n@%s:pid:%s:%s\\n' "$1" "$2" "$rb_self" "$$" >&2
}
rb_do() {
  [ -z "$rb_left" ] || return 0
  rb_nonce=$1 rb_token=$2 rb_text=$3 rb_user=$4
  (
    exec </dev/null 2>&8 8>&-
    rb_begin_read "$rb_nonce" "$rb_token"
    if [ -n "$rb_user" ]; then printf %s "$rb_text" | rb_launch "$rb_user"; exit; fi
    unset rb_nonce; set --
    eval "$rb_text"
  )
  rb_rc=$?
  ! rb_look || rb_left=left
  printf '\\n@%s:end:%s:%s\\n' "$rb_nonce" "$rb_rc" "$rb_left"
  printf '\\n@%s:end:%s:%s\\n' "$rb_nonce" "$rb_rc" "$rb_left" >&8
}
exec 8>&2 2>/dev/null
rb_turn=0; rb_list
`;

/*
 * The shell of the connection only hands reads on (5 is the reader's stdin), so it is there to end them when the connection ends.
 * Reader -> pipe -> forwarder (cat) -> channel. The supervisor says how the reader ended, by the nonce of all readers: a step may
 * have killed it.
 */
const SERVE = `
rb_read() {
  rb_calm
  if [ -z "$rb_proc" ]; then eval "rb_read_alone $2"
  elif rb_reader "$1"; then { printf 'rb_do %s\\n' "$2" >&5; } 2>/dev/null
  else rb_mark "\${2%% *}:begin"; rb_mark "\${2%% *}:end:-:$rb_why"; fi
}
rb_reader() {
  [ -z "$rb_reading" ] || return 0
  rb_why="the host can't make a pipe"
  rb_pipe || return 1; exec 5>&4 6<&3
  rb_pipe || return 1; exec 7>&4
  cat <&3 3<&- 4>&- 5>&- 6<&- 7>&- 9>&- & rb_forward_out=$!
  rb_pipe || return 1
  cat <&3 >&2 3<&- 4>&- 5>&- 6<&- 7>&- 9>&- & rb_forward_err=$!
  rb_serve "$1" & rb_reading=$!
  exec 3<&- 4>&- 6<&- 7>&-
  printf '%s\\n' "$rb_reader_source" "rb_left= rb_uid=$rb_uid rb_proc=$rb_proc rb_setsid='$rb_setsid' rb_setpriv=$rb_setpriv" >&5
}
rb_serve() {
  exec >&7 8>&4 2>/dev/null 3<&- 4>&- 5>&- 7>&- 9>&-
  $rb_setsid /bin/sh <&6 6<&- 2>&8 8>&- & rb_shell=$!
  exec 6<&-
  trap 'rb_stop "$rb_shell" >/dev/null' TERM
  wait "$rb_shell"
  rb_mark "$1:end:$?:" 2>&8
}
`;

/*
 * Without /proc nobody can tell what a read leaves behind. So each has a shell and two forwarders of its own, and this shell waits
 * for them: what still holds the output keeps the next read from starting, not from being clean. Arguments: as of rb_do.
 */
const ALONE = `
rb_read_alone() {
  rb_mark "$1:begin"
  rb_text=$3
  [ -n "$4" ] || rb_text="printf '\\n@$2:pid:%s:%s\\n' \\"\\$\\$\\" \\"\\$\\$\\" >&2
$3"
  {
    {
      printf %s "$rb_text" | (exec 2>&4 3>&- 4>&- 9>&-; rb_launch "$4")
      set -- "$1" $?
      printf '\\n@%s:end:%s:\\n' "$@"
      printf '\\n@%s:end:%s:\\n' "$@" >&4
    } 4>&1 >&3 2>/dev/null | cat >&2 3>&- 9>&-
  } 3>&1 | cat 9>&-
}
`;

/*
 * A pipe without a file: 3 reads, 4 writes. Where an empty here-document is none (bash, dash from 0.5.13 on), a process that does
 * nothing holds one until it has been opened by way of /proc.
 */
const PIPE = `
rb_pipe() {
  if [ -z "$BASH_VERSION" ]; then
    exec 3<<-END
	END
    if [ -p "/proc/$$/fd/3" ]; then exec 4>"/proc/$$/fd/3"; return; fi
  fi
  rb_holder=$(exec 3<&- 4>&1 >/dev/null 5>&- 6<&- 7>&- 9>&-; : | rb_hold &)
  [ -p "/proc/$rb_holder/fd/6" ] || return 1
  command exec 4>"/proc/$rb_holder/fd/6" 3<"/proc/$rb_holder/fd/6"
  [ -p "/proc/$$/fd/3" ] && kill "$rb_holder"
}
rb_hold() {
  exec 6<>/proc/self/fd/0 </dev/null
  read -r rb_self rb_rest </proc/self/stat
  echo "$rb_self" >&4
  exec 4>&-
  exec sleep 60
}
`;

/*
 * The forwarders are ended, so that what a read left behind no longer reaches the channel; what still holds a pipe goes on to write
 * into it, and is not ended by SIGPIPE.
 */
const RENEW = `
rb_divert() {
  for rb_pid in $rb_forward_out $rb_forward_err; do
    read -r rb_line <"/proc/$rb_pid/stat" && set -- \${rb_line##*) } && [ "$2" = $$ ] || continue
    # By way of command, a redirection that fails does not end this shell: the forwarder may end at any moment.
    command exec 3<"/proc/$rb_pid/fd/0"
    [ -p "/proc/$$/fd/3" ] || continue
    kill "$rb_pid"; wait "$rb_pid"
    $rb_setsid cat <&3 >/dev/null 2>&1 3<&- 5>&- 9>&- &
    exec 3<&-
  done 2>/dev/null
}
rb_renew() { rb_divert; exec 5>&-; rb_reading=; }
`;

/* A read that lasts gets a deadline that needs no connection. Argument: seconds; none: it has ended. */
const LIMIT = `
rb_limit() {
  [ -z "$rb_limiter" ] || kill "$rb_limiter" 2>/dev/null
  rb_limiter=
  [ -n "$1" ] && [ -n "$rb_reading" ] || return 0
  (exec 5>&- 9>&-; rb_nap "$1" && kill -s TERM "$rb_reading") </dev/null >/dev/null 2>&1 & rb_limiter=$!
}
`;

export const READER_SOURCE = `rb_reader_source=${quote(LAUNCH_SOURCE + READER)}\n${ALONE}${SERVE}${PIPE}${RENEW}${LIMIT}`;
