import { PROCESSES_SH } from './processes.ts';
import { SECTIONS } from './sections.ts';

// Dumping skips some of what the test checks, such as certificate files, so both are run.
// Values of `Define` may be secrets: only those that a listener or a path uses are printed.
// The binary is asked, never apache2ctl: that one makes directories before it answers.
const FIND_SH = `
case $unit in
  '' | */*) candidates='apache2 httpd' ;;
  *) candidates=\${unit%.service} ;;
esac
units() {
  if [ -d /run/systemd/system ]; then
    set --
    for name in $candidates; do set -- "$@" "$name.service"; done
    systemctl show -p Id -p LoadState -p MainPID -- "$@" systemd-logind.service
  else
    for name in $candidates; do
      if [ -x "/etc/init.d/$name" ] || [ -x "/etc/rc.d/init.d/$name" ]; then echo "init $name"; fi
    done
    :
  fi
}
find_binary() {
  for binary in apache2 httpd httpd2 /usr/local/apache2/bin/httpd /opt/apache2/bin/httpd; do
    binary=$(command -v "$binary") || continue
    version=$("$binary" -v 2>/dev/null) || continue
    case $version in *'Server version: Apache/'*) return 0 ;; esac
  done
  return 1
}
section units units
`;

/**
 * Exports Apache's environment as its start does, and makes its arguments `"$@"`. `$candidates` is the name of its unit. A file of the
 * environment that the shell cannot read to its end is left out, and `$environment_trouble` says why.
 */
export const APACHE_ENVIRONMENT_SH = `
case $candidates in
  apache2@*) APACHE_CONFDIR=/etc/apache2-\${candidates#apache2@} ;;
  *) APACHE_CONFDIR=/etc/apache2 ;;
esac
export APACHE_CONFDIR
environment_trouble=
set -a
for file in "$APACHE_CONFDIR/envvars" /etc/sysconfig/httpd; do
  [ -r "$file" ] || continue
  case $(. "$file" >/dev/null 2>&1; echo .) in
    .) . "$file" >/dev/null 2>&1 ;;
    *)
      environment_trouble=$(sh -n "$file" 2>&1 | tail -n 1)
      environment_trouble=\${environment_trouble:-"$file ends the shell that reads it"}
      ;;
  esac
  break
done
set +a
if [ "$APACHE_CONFDIR" != /etc/apache2 ]; then APACHE_ARGUMENTS="-d $APACHE_CONFDIR \${APACHE_ARGUMENTS-}"; fi
set -- \${APACHE_ARGUMENTS-} \${OPTIONS-}
`;

const ANSWERS_SH = `
environment() { printf '%s\\n' "\${APACHE_RUN_USER-}" "\${APACHE_PID_FILE-}" "\${APACHE_LOCK_DIR-}" "\${APACHE_LOG_DIR-}" .; }
section environment environment
control() { command -v apache2ctl || command -v apachectl || :; }
section control control
arguments() { [ $# -eq 0 ] || printf '%s\\n' "$@"; }
section arguments arguments "$@"
section_all build "$binary" "$@" -V
build=$section_text
there_of() {
  there=$1
  while [ -n "$there" ] && [ ! -e "$there" ]; do there=\${there%/*}; done
}
# apache2ctl makes these directories at every start, and Apache refuses a configuration that names one that is missing.
lock_dir=\${APACHE_LOCK_DIR-} run_dir=\${APACHE_RUN_DIR-}
case $(control) in
  */apache2ctl)
    there_of "$lock_dir"; APACHE_LOCK_DIR=$there
    there_of "$run_dir"; APACHE_RUN_DIR=$there
    ;;
esac
test_of() {
  [ -z "$environment_trouble" ] || { printf '%s\\n' "$environment_trouble"; return 1; }
  "$binary" "$@" -t
}
section_all test test_of "$@"
config=$("$binary" "$@" -t -D DUMP_RUN_CFG -D DUMP_INCLUDES -D DUMP_MODULES 2>&1)
section_code=$?
tell_as() {
  [ "$1" = "$2" ] || config=$(printf '%s\\n' "$config" | sed "s|^\\(Mutex .*dir=\\"\\)$1\\(/*\\"\\)|\\1$2\\2|")
}
tell_as "\${APACHE_LOCK_DIR-}" "$lock_dir"; APACHE_LOCK_DIR=$lock_dir
tell_as "\${APACHE_RUN_DIR-}" "$run_dir"; APACHE_RUN_DIR=$run_dir
section_name=config
section_text=$(printf '%s\\n' "$config" | sed 's/^\\(Define: [A-Za-z0-9_]*\\)=.*/\\1/')
section_print
built() { printf '%s\\n' "$build" | sed -n "s/^ -D $1=\\"\\(.*\\)\\"\\$/\\1/p"; }
root=$(built HTTPD_ROOT)
`;

const DIRECTIVES_SH = `
main=$(built SERVER_CONFIG_FILE)
case $main in /*) ;; *) main=$root/$main ;; esac
included=$(printf '%s\\n' "$config" | sed -n 's/^ *([0-9*]*) \\//\\//p')
if [ -z "$included" ]; then
  included=$(printf '%s\\n' "$main" "$root"/*.conf "$root"/conf/*.conf "$root"/conf.d/*.conf "$root"/conf.modules.d/*.conf \\
    "$root"/mods-enabled/* "$root"/conf-enabled/*.conf "$root"/sites-enabled/*.conf | sort -u)
fi
directives() {
  IFS='
'
  set -f
  set --
  for file in $included; do
    if [ -f "$file" ] && [ -r "$file" ]; then set -- "$@" "$file"; fi
  done
  [ $# -eq 0 ] || awk '
    FNR == 1 { print "= " FILENAME }
    { word = tolower($1) }
    word ~ /^<\\/?(ifmodule|ifdefine|ifversion|iffile|virtualhost)/ { print; next }
    word ~ /^(listen|sslengine|pidfile|errorlog|user|acceptmutex|lockfile)$/ { print }
  ' "$@"
}
section directives directives
found=$section_text
variables() {
  for name in $(printf '%s\\n' "$found" | sed -n 's/^[^$]*\${\\([A-Za-z_][A-Za-z0-9_]*\\)}.*/\\1/p' | sort -u); do
    value=$(printf '%s\\n' "$config" | sed -n "s/^Define: $name=//p")
    [ -n "$value" ] || value=$(printenv "$name") || continue
    printf '%s=%s\\n' "$name" "$value"
  done
  :
}
section variables variables
users() {
  for name in "\${APACHE_RUN_USER-}" $(printf '%s\\n' "$found" | awk 'tolower($1) == "user" && $2 !~ /[$]/ { print $2 }'); do
    if [ -n "$name" ] && uid=$(id -u -- "$name" 2>/dev/null); then echo "$uid $name"; fi
  done
  :
}
section users users
`;

// The file of 2.2 is `LockFile`, or what it was built with.
const PLACES_SH = `
lock_file=$(printf '%s\\n' "$found" | awk 'tolower($1) == "lockfile" { file = $2 } END { print file }')
lock_file=\${lock_file:-$(built DEFAULT_LOCKFILE)}
case $lock_file in '' | /*) ;; *) lock_file=$root/$lock_file ;; esac
resolved() {
  printf '%s\\n' "$config" | sed -n 's/^Mutex [a-z-]*: dir="\\(.*\\)" mechanism=.*/\\1/p' | {
    printf '%s\\n' "\${APACHE_LOCK_DIR-}" "\${lock_file%/*}"
    cat
  } | sort -u | while IFS= read -r given; do
    case $given in /*) ;; *) continue ;; esac
    there_of "$given"
    printf '%s\\n%s\\n' "$given" "$(readlink -f "\${there:-/}")"
  done
}
section resolved resolved
section mounts cat /proc/self/mountinfo
pid_file=$(printf '%s\\n' "$config" | sed -n 's/^PidFile: "\\(.*\\)"$/\\1/p')
pid_file=\${pid_file:-\${APACHE_PID_FILE-}}
pid_file=\${pid_file:-$(built DEFAULT_PIDLOG)}
case $pid_file in /*) ;; *) pid_file=$root/$pid_file ;; esac
pids() {
  printf '%s\\n' "$pid_file"
  pid=
  { read -r pid rest <"$pid_file"; } 2>/dev/null
  for pid in $main_pids "$pid"; do
    case $pid in '' | 0 | *[!0-9]*) continue ;; esac
    look "$pid" || continue
    case $name in apache2* | httpd* | "\${binary##*/}") echo "$pid $started" ;; esac
  done
  :
}
section processes pids
`;

const LOGIND_SH = `
logind() {
  for file in /usr/lib/systemd/logind.conf /etc/systemd/logind.conf /usr/lib/systemd/logind.conf.d/*.conf \\
    /usr/local/lib/systemd/logind.conf.d/*.conf /run/systemd/logind.conf.d/*.conf /etc/systemd/logind.conf.d/*.conf; do
    [ -e "$file" ] || continue
    printf '= %s\\n' "$file"
    sed -n 's/^[[:space:]]*RemoveIPC[[:space:]]*=[[:space:]]*\\([^[:space:]]*\\).*/\\1/p' "$file"
  done
}
section logind logind
`;

/**
 * Variable `unit`: empty to look for Apache's usual names. Sections: `units`; `binary` (code 1: no Apache); and of an installed one
 * `environment control arguments build test config directives variables users resolved mounts processes logind`. Reads only.
 *
 * `more` is shell text for other sections of an installed Apache. It finds `$binary`, its arguments as `"$@"` and its environment set,
 * `$root`, `$main` (the main file), `$included` (all files, one a line) and `$config` (what it says about itself).
 */
export function apacheSurvey(more = ''): string {
  return `${SECTIONS}${PROCESSES_SH}${FIND_SH}
main_pids=$(printf '%s\\n' "$section_text" | sed -n 's/^MainPID=//p')
if find_binary; then
  section binary echo "$binary"
  (${APACHE_ENVIRONMENT_SH}${ANSWERS_SH}${DIRECTIVES_SH}${PLACES_SH}${LOGIND_SH}${more})
else
  section binary false
fi
sections_end
`;
}
