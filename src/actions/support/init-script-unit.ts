import { err, ok, type Result } from '../../util/result.ts';
import type { Sections } from './sections.ts';
import { ABSENT, readProperties, type Unit } from './unit.ts';

/**
 * `look PREFIX NAME` for init scripts, SysV or OpenRC, prints the section PREFIX. `$runbook_init` says which of the two.
 * It sets `unit_active` (`active`, `inactive`, `failed`, `unknown`), `unit_enabled` and, with OpenRC, `unit_crashed` (`yes`, `no`).
 */
export const INIT_SCRIPT_LOOK = `
act() {
  if [ "$runbook_init" = openrc ]; then rc-service "$1" "$2"
  elif command -v service >/dev/null 2>&1; then service "$1" "$2"
  else "/etc/init.d/$1" "$2"; fi
}
main_pid() {
  for unit_file in $(sed -n 's|^# *pidfile: *\\(/[A-Za-z0-9_./-]*\\).*|\\1|p; s|^ *PIDFILE=["'"'"']*\\(/[A-Za-z0-9_./-]*\\).*|\\1|p; s|^ *pidfile=["'"'"']*\\(/[A-Za-z0-9_./-]*\\).*|\\1|p' "/etc/init.d/$1" 2>/dev/null) \\
    "/run/$1.pid" "/run/$1/$1.pid" "/var/run/$1.pid" "/var/run/$1/$1.pid" "/run/supervise-$1.pid"; do
    [ -f "$unit_file" ] || continue
    unit_pid=''; read -r unit_pid unit_rest 2>/dev/null <"$unit_file" || :
    case $unit_pid in '' | *[!0-9]*) ;; *) [ ! -r "/proc/$unit_pid/stat" ] || return 0; unit_stale=yes ;; esac
  done
  unit_pid=''
}
describe() {
  unit_enabled=no unit_active=inactive unit_pid='' unit_stale=''
  [ -f "/etc/init.d/$1" ] || return 0
  echo Exists=yes
  if [ "$runbook_init" = openrc ]; then set -- "$1" "/etc/runlevels/"*"/$1"
  else set -- "$1" /etc/rc[2-5].d/S[0-9][0-9]"$1" /etc/rc.d/rc[2-5].d/S[0-9][0-9]"$1"; fi
  unit_name=$1; shift
  for unit_file in "$@"; do
    [ ! -e "$unit_file" ] || unit_enabled=yes
  done
  echo "Enabled=$unit_enabled"
  ! grep -Eq '^[^#]*(^|[^-_[:alnum:]])reload([^-_[:alnum:]]|$)' "/etc/init.d/$unit_name" || echo CanReload=yes
  main_pid "$unit_name"
  if [ -n "$unit_pid" ]; then
    echo "MainPID=$unit_pid"
    echo "Stat=$(cat "/proc/$unit_pid/stat")"
    echo "Boot=$(sed -n 's/^btime //p' /proc/stat)"
  fi
  unit_text=$(act "$unit_name" status 2>&1); unit_code=$?
  case $unit_text in
    *[Uu]sage:* | *USAGE:* | *nrecognized* | *"nknown action"* | *"nknown command"*)
      unit_code=3; [ -z "$unit_pid" ] || unit_code=0 ;;
  esac
  # With another start-stop-daemon than its own, as on Debian, OpenRC does not see that a process is gone.
  [ "$runbook_init:$unit_code:$unit_stale:$unit_pid" != openrc:0:yes: ] || unit_code=32
  echo "Status=$unit_code"
  printf 'StatusText=%s\\n' "$unit_text" | head -n 1
}
look() {
  section "$1" describe "$2"
  unit_crashed=no
  unit_enabled=$(printf '%s\\n' "$section_text" | sed -n 's/^Enabled=//p')
  case $runbook_init:$(printf '%s\\n' "$section_text" | sed -n 's/^Status=//p') in
    *:0) unit_active=active ;;
    *:3) unit_active=inactive ;;
    openrc:32) unit_active=failed unit_crashed=yes ;;
    *:1 | *:2) unit_active=failed ;;
    openrc:4 | openrc:8 | openrc:16) unit_active=inactive ;;
    *) unit_active=unknown ;;
  esac
}
`;

/** The state words of OpenRC's and the LSB's codes of `status`; other codes mean that it could not look. */
const STATES: Readonly<Record<'openrc' | 'sysv', Readonly<Record<string, readonly [state: string, sub: string]>>>> = {
  // It passes the codes of LSB scripts on.
  openrc: {
    '0': ['active', 'running'],
    '1': ['failed', 'crashed'],
    '2': ['failed', 'crashed'],
    '3': ['inactive', 'dead'],
    '4': ['deactivating', 'stopping'],
    '8': ['activating', 'starting'],
    '16': ['inactive', 'waiting'],
    '32': ['failed', 'crashed'],
  },
  sysv: {
    '0': ['active', 'running'],
    '1': ['failed', 'crashed'],
    '2': ['failed', 'crashed'],
    '3': ['inactive', 'dead'],
  },
};

/** Reads what `look PREFIX NAME` printed. An error is why the host could not look. */
export function readInitScriptUnit(
  sections: Sections,
  prefix: string,
  name: string,
  init: 'openrc' | 'sysv',
): Result<Unit, string> {
  const section = sections.get(prefix);
  if (section === undefined) return err(`the section ${prefix} is missing`);
  const properties = readProperties(section.lines);
  if (properties.get('Exists') !== 'yes') return ok(ABSENT);
  const status = properties.get('Status') ?? '';
  const [state, sub] = STATES[init][status] ?? [];
  if (state === undefined || sub === undefined) {
    const words = properties.get('StatusText') ?? 'it said nothing';
    return err(`the status of ${name} is not known: code ${status}, ${words}`);
  }
  const since = state === 'active' ? startOf(properties.get('Stat') ?? '', properties.get('Boot') ?? '') : ABSENT.since;
  const unit: Unit = {
    ...ABSENT,
    unit: name,
    exists: true,
    active: state === 'active',
    enabled: properties.get('Enabled') === 'yes',
    can_reload: properties.get('CanReload') === 'yes',
    state,
    sub_state: sub,
    main_pid: state === 'active' ? Number(properties.get('MainPID') ?? 0) : 0,
    since,
  };
  return ok(unit);
}

const TICKS_PER_SECOND = 100;
const START_FIELD = 22;

/** When a process started, from its `/proc/PID/stat` (proc(5)) and the `btime` of `/proc/stat`; 1970 when not known. */
function startOf(stat: string, boot: string): string {
  // The second field, the name, may hold spaces and parentheses; the third begins behind the last one.
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_FIELD - 3] ?? '';
  if (!/^\d{1,15}$/.test(ticks) || !/^\d{1,12}$/.test(boot)) return ABSENT.since;
  return new Date((Number(boot) + Math.floor(Number(ticks) / TICKS_PER_SECOND)) * 1000)
    .toISOString()
    .replace('.000Z', 'Z');
}
