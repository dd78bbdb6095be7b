import { CHANGE_SOURCE } from './change-source.ts';
import { GREETING_SOURCE } from './greeting.ts';
import { LEDGER_SOURCE } from './ledger-source.ts';
import { STOP_SOURCE } from './stop-source.ts';

/*
 * The shell that stays on the host for the whole connection is given these functions once. They run on any POSIX shell
 * (tried on dash, bash and BusyBox). Descriptor 9 is the lock and is closed in everything a step starts: inherited, it
 * would be held for as long as a daemon lives.
 */

const ENVIRONMENT = `
case :$PATH: in */run/current-system/sw/bin*) ;; *) PATH= ;; esac
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\${PATH:+:$PATH}
LC_ALL=C LANGUAGE=C TZ=UTC; export PATH LC_ALL LANGUAGE TZ; unset ENV BASH_ENV CDPATH; umask 022; cd /
`;

/** Put before the text of a step that runs as another user, whose environment was made anew. */
export const STEP_ENVIRONMENT = ENVIRONMENT;

const TOOLS = `
for rb_tool in setsid mkfifo flock timeout logger setpriv sudo tee dd; do
  if command -v $rb_tool >/dev/null 2>&1; then eval "rb_$rb_tool=$rb_tool"; else eval "rb_$rb_tool="; fi
done
rb_uid=$(id -u)
if [ "$rb_uid" = 0 ]; then rb_ledger=/run/runbook; [ -d /run ] || rb_ledger=/var/run/runbook
else rb_ledger=$HOME/.local/state/runbook; fi
rb_locked= rb_forwarders=
rb_mark() { printf '\\n@%s\\n' "$1"; printf '\\n@%s\\n' "$1" >&2; }
rb_begin() { rb_calm; rb_mark "$1:begin"; }
`;

/*
 * A forwarder that outlived its step (a daemon keeps the output open) is ended before the next one starts. Not by pid alone:
 * a pid that was reaped may be another's by now.
 */
const CALM = `
rb_calm() {
  for rb_pid in $rb_forwarders; do
    if { read -r rb_line <"/proc/$rb_pid/stat"; } 2>/dev/null; then
      set -- \${rb_line##*) }
      [ "$2" = "$$" ] && kill "$rb_pid" && wait "$rb_pid"
    fi
  done 2>/dev/null
  rb_forwarders=
}
`;

/*
 * The step is the leader of a session of its own, so that all it started can be found and ended. Its text is data in a pipe:
 * not in an argument (ps), not in a file (a full disk, secrets left behind), not in this shell (a syntax error would end it).
 */
const LAUNCH = `
rb_launch() {
  if [ -z "$1" ]; then
    exec $rb_setsid $2 /bin/sh /dev/fd/3 3<&0 </dev/null
  fi
  rb_eval='rb_text=$(cat; echo .); exec </dev/null; eval "\${rb_text%.}"'
  if [ "$rb_uid" = 0 ] && rb_gid=$(id -g "$1") && [ -n "$rb_setpriv" ] &&
    setpriv --reuid "$1" --regid "$rb_gid" --init-groups --reset-env true 2>/dev/null; then
    exec $rb_setsid $2 setpriv --reuid "$1" --regid "$rb_gid" --init-groups --reset-env /bin/sh -c "$rb_eval"
  elif [ -n "$rb_sudo" ]; then exec $rb_setsid $2 sudo -n -H -u "$1" -- /bin/sh -c "$rb_eval"
  elif [ "$rb_uid" = 0 ]; then exec $rb_setsid $2 su -s /bin/sh "$1" -c "$rb_eval"
  fi
  echo "sudo: not found" >&2; exit 126
}
`;

/*
 * A read needs no file on the host. Its output goes through pipes, so that what it leaves behind can be cut off the channel
 * (rb_unblock) and never speaks into the next step.
 */
const READ = `
rb_pass() { exec 9>&-; exec cat; }
rb_run() {
  exec 9>&-
  { printf %s "$2" | rb_launch "$3" "$4" 2>&5 5>&-; } 5>&2 2>/dev/null
  rb_rc=$?
  rb_mark "$1:end:$rb_rc:"
}
rb_read() {
  rb_begin "$1"
  { { rb_run "$@" 2>&1 >&3 3>&- 4>&- | rb_pass >&4 3>&- 4>&-; } 3>&1 | rb_pass 4>&-; } 4>&2
}
`;

export const HOST_SOURCE =
  ENVIRONMENT + TOOLS + CALM + LAUNCH + READ + STOP_SOURCE + CHANGE_SOURCE + LEDGER_SOURCE + GREETING_SOURCE;
