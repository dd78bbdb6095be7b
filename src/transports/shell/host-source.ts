import { CHANGE_SOURCE } from './change-source.ts';
import { FORMER_SOURCE } from './former-source.ts';
import { GREETING_SOURCE } from './greeting.ts';
import { LEDGER_SOURCE } from './ledger-source.ts';
import { LAUNCH_SOURCE, READER_SOURCE } from './read-source.ts';
import { SETTLE_SOURCE } from './settle-source.ts';
import { STOP_SOURCE } from './stop-source.ts';

/*
 * The shell that stays on the host for the whole connection is given these functions once. They run on any POSIX shell
 * (tried on dash, bash and BusyBox). Descriptor 9 is the lock and is closed in everything a step starts: inherited, it
 * would be held for as long as a daemon lives.
 */

/** What comes before may be lost: start-up files that wait for Return are given one. If this is lost, the greeting says so. */
export const FIRST_LINE = 'rb_whole=1';
const BEGINNING = `\n\n\n\n${FIRST_LINE}`;

/*
 * Variables that change what programs print, options and functions that a bash takes over from the environment. POSIXLY_CORRECT
 * is not unset in bash: that would end its POSIX mode.
 */
const ENVIRONMENT = `
case :$PATH: in */run/current-system/sw/bin*) ;; *) PATH= ;; esac
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\${PATH:+:$PATH}
LC_ALL=C LANGUAGE=C TZ=UTC; export PATH LC_ALL LANGUAGE TZ; unset ENV BASH_ENV CDPATH IFS; umask 022; cd /
set +aCefuvx
unset BLOCKSIZE BLOCK_SIZE DF_BLOCK_SIZE DU_BLOCK_SIZE LS_BLOCK_SIZE COLUMNS LINES TIME_STYLE QUOTING_STYLE
unset GREP_OPTIONS PS_FORMAT PS_PERSONALITY SYSTEMD_COLORS SYSTEMD_URLIFY SYSTEMD_LESS PAGER SYSTEMD_PAGER
if [ -z "$BASH_VERSION" ]; then unset POSIXLY_CORRECT
else export -n POSIXLY_CORRECT; for rb_name in $(compgen -A function); do unset -f "$rb_name"; done; fi
`;

/** Put before the text of a step that runs as another user, whose environment was made anew. */
export const STEP_ENVIRONMENT = ENVIRONMENT;

/*
 * Who we are is in /proc too: a program costs more than all of the reading. Where util-linux is missing, perl does what its setsid
 * and flock do, by the same calls of the kernel.
 */
const TOOLS = `
for rb_tool in setsid mkfifo mknod flock perl logger setpriv tee dd grep; do
  if command -v $rb_tool >/dev/null 2>&1; then eval "rb_$rb_tool=$rb_tool"; else eval "rb_$rb_tool="; fi
done
[ -n "$rb_setsid" ] || [ -z "$rb_perl" ] || rb_setsid='perl -MPOSIX -e setsid()>0&&exec(@ARGV);exit(127)'
rb_proc=; [ ! -e /proc/self/fd/0 ] || rb_proc=1
if [ -z "$HOME" ]; then
  rb_name=$(id -un); HOME=/
  case $rb_name in ''|*[!A-Za-z0-9._-]*) ;; *) eval "HOME=~$rb_name" ;; esac
  export HOME
fi
rb_uid=
{ while [ -z "$rb_uid" ] && read -r rb_key rb_real rb_value rb_rest; do
  [ "$rb_key" != Uid: ] || rb_uid=$rb_value
done </proc/self/status; } 2>/dev/null
[ -n "$rb_uid" ] || rb_uid=$(id -u)
if [ "$rb_uid" = 0 ]; then rb_ledger=/run/runbook; [ -d /run ] || rb_ledger=/var/run/runbook
else rb_ledger=$HOME/.local/state/runbook; fi
rb_boot=; [ ! -r /proc/sys/kernel/random/boot_id ] || read -r rb_boot </proc/sys/kernel/random/boot_id
rb_locked= rb_staying= rb_supervisor= rb_starting= rb_settled= rb_forwarders= rb_reading= rb_limiter=
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
 * Sleeps in a subshell, which ends with its sleep when it gets TERM, at whatever moment. That gets KILL: a child that is not yet the
 * program it will be has the shell's trap, and TERM would be lost on it. A sleep that somebody else ends is begun anew for the rest, by
 * the time since the host was started: its date may be set meanwhile. Fails where nothing sleeps.
 */
const NAP = `
rb_nap() {
  rb_over= rb_sleep= rb_rest_of_nap=$1
  rb_clock; rb_nap_until=$((rb_second + $1 + 1))
  trap 'rb_over=1; [ -z "$rb_sleep" ] || { kill -s KILL "$rb_sleep"; exit 0; }' TERM
  while [ "$rb_rest_of_nap" -gt 0 ]; do
    sleep "$rb_rest_of_nap" & rb_sleep=$!
    [ -z "$rb_over" ] || { kill -s KILL "$rb_sleep"; exit 0; }
    wait "$rb_sleep"; set -- $?
    [ "$1" != 0 ] || return 0
    [ "$1" -gt 128 ] || return 1
    rb_clock; rb_rest_of_nap=$((rb_nap_until - rb_second))
  done
}
`;

/*
 * However the connection ends, the lock is freed and what is read ends with it. What is written to a connection that is gone
 * must not end this shell first. A fork of bash that is sent TERM before it has forgotten our traps runs this one, too: not for it.
 */
const LEAVE = `
rb_leave() {
  rb_self=; { read -r rb_self rb_rest </proc/self/stat; } 2>/dev/null
  [ "\${rb_self:-$$}" = "$$" ] || return 0
  [ -z "$rb_starting" ] || rb_unstarted
  if [ -n "$rb_reading" ]; then rb_divert; kill -s TERM "$rb_reading" 2>/dev/null; fi
  rb_limit
  rb_release
}
rb_bye() { rb_limit; [ -z "$rb_reading" ] || exec 5>&-; rb_reading=; }
trap rb_leave EXIT; trap : PIPE
`;

export const HOST_SOURCE = [
  BEGINNING,
  ENVIRONMENT,
  TOOLS,
  CALM,
  NAP,
  LAUNCH_SOURCE,
  STOP_SOURCE,
  READER_SOURCE,
  CHANGE_SOURCE,
  FORMER_SOURCE,
  LEDGER_SOURCE,
  SETTLE_SOURCE,
  GREETING_SOURCE,
  LEAVE,
].join('');
