import { CHANGE_SOURCE } from './change-source.ts';
import { GREETING_SOURCE } from './greeting.ts';
import { LEDGER_SOURCE } from './ledger-source.ts';
import { LAUNCH_SOURCE, READER_SOURCE } from './read-source.ts';
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

/* Who we are is in /proc too: a program costs more than all of the reading. */
const TOOLS = `
for rb_tool in setsid mkfifo flock logger setpriv sudo tee dd grep; do
  if command -v $rb_tool >/dev/null 2>&1; then eval "rb_$rb_tool=$rb_tool"; else eval "rb_$rb_tool="; fi
done
rb_uid=
{ while [ -z "$rb_uid" ] && read -r rb_key rb_real rb_value rb_rest; do
  [ "$rb_key" != Uid: ] || rb_uid=$rb_value
done </proc/self/status; } 2>/dev/null
[ -n "$rb_uid" ] || rb_uid=$(id -u)
if [ "$rb_uid" = 0 ]; then rb_ledger=/run/runbook; [ -d /run ] || rb_ledger=/var/run/runbook
else rb_ledger=$HOME/.local/state/runbook; fi
rb_locked= rb_forwarders= rb_reading= rb_limiter=
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
 * However the connection ends, the lock is freed and what is read ends with it. What is written to a connection that is gone
 * must not end this shell first.
 */
const LEAVE = `
rb_leave() {
  if [ -n "$rb_reading" ]; then rb_divert; kill -s TERM "$rb_reading" 2>/dev/null; fi
  rb_release
}
rb_bye() { rb_limit; [ -z "$rb_reading" ] || exec 5>&-; rb_reading=; }
trap rb_leave EXIT; trap : PIPE
`;

export const HOST_SOURCE = [
  ENVIRONMENT,
  TOOLS,
  CALM,
  LAUNCH_SOURCE,
  STOP_SOURCE,
  READER_SOURCE,
  CHANGE_SOURCE,
  LEDGER_SOURCE,
  GREETING_SOURCE,
  LEAVE,
].join('');
