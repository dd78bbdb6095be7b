import { PROCESSES_SH } from './processes.ts';
import type { UnitManager } from './look-at-unit.ts';
import { INIT_SCRIPT_LOOK } from './init-script-unit.ts';
import { SECTIONS } from './sections.ts';

/** More processes are not told. */
export const MAX_PROCESSES = 50;

// `of_unit` prints the limits of the unit and sets what `belongs PID` tests; a unit that is not there has no process.
const SYSTEMD = `
of_unit() {
  unit_text=$(systemctl show --no-pager -p LoadState,ControlGroup,LimitNOFILE,LimitNOFILESoft -- "$runbook_service" 2>&1) || { printf '%s\\n' "$unit_text"; return 1; }
  group=$(printf '%s\\n' "$unit_text" | sed -n 's/^ControlGroup=//p')
  printf '%s\\n' "$unit_text"
}
belongs() {
  [ -n "$group" ] || return
  { while IFS= read -r line; do
    case $line in 0::* | *:name=systemd:*) case \${line#*:*:} in "$group" | "$group"/*) return 0 ;; esac ;; esac
  done <"/proc/$1/cgroup"; } 2>/dev/null
  return 1
}
`;

const INIT_SCRIPTS = `
${INIT_SCRIPT_LOOK}
of_unit() { main_pid "$runbook_service"; main=$unit_pid; }
belongs() {
  [ -n "$main" ] || return
  ancestor=$1
  while [ "$ancestor" != "$main" ]; do
    [ "$ancestor" -gt 1 ] && stat_of "$ancestor" || return
    ancestor=$parent
  done
}
`;

const COUNT = `
set +f
may_count() {
  set -- /proc/1/fd/*
  [ "$visible" = yes ] && [ -L "$1" ]
}
limit_of() {
  limit=
  { while read -r first second third soft rest; do
    case "$first $second $third" in 'Max open files') limit=$soft; break ;; esac
  done <"/proc/$1/limits"; } 2>/dev/null
  case $limit in unlimited) limit=$most ;; esac
  [ -n "$limit" ]
}
counts() {
  for folder in /proc/[0-9]*; do
    pid=\${folder#/proc/}
    if [ "$pid" = "$$" ]; then continue; fi
    if [ -n "$runbook_service" ]; then belongs "$pid" || continue; fi
    limit_of "$pid" || continue
    set -- "$folder"/fd/*
    [ -L "$1" ] || continue
    if [ "$limit" -gt 0 ]; then share=$(($# * 100000 / limit)); else share=100000; fi
    echo "$share $pid $# $limit"
  done
}
left_open() {
  waiting=$(sed -n 's/^ *[0-9]*: [^ ]* [^ ]* 08 [^ ]* [^ ]* [^ ]* *[0-9]* *[0-9]* \\([1-9][0-9]*\\) .*/\\1/p' "/proc/$1/net/tcp" "/proc/$1/net/tcp6" 2>/dev/null)
  if [ -z "$waiting" ]; then echo 0; return; fi
  { printf '%s\\n' "$waiting" | sort -u; ls -l "/proc/$1/fd" 2>/dev/null | sed -n 's/.* -> socket:\\[\\([0-9]*\\)\\]$/\\1/p' | sort -u; } |
    sort | uniq -d | grep -c . || :
}
fullest() {
  counts | sort -rn | head -n ${MAX_PROCESSES} | while read -r share pid open limit; do
    stat_of "$pid" || continue
    path=
    { while IFS= read -r line; do
      case $line in 0::* | *:name=systemd:*) path=\${line#*:*:} ;; esac
    done <"/proc/$pid/cgroup"; } 2>/dev/null
    printf '%s %s %s %s\\n%s\\n%s\\n' "$pid" "$open" "$limit" "$(left_open "$pid")" "$name" "path $path"
  done
}
may_count || { echo 'which files others have open is hidden from this login: become root' >&2; exit 69; }
most=$(cat /proc/sys/fs/nr_open)
section host cat /proc/sys/fs/file-nr /proc/sys/fs/nr_open
if [ -n "$runbook_service" ]; then
  group= main= unit_text=
  of_unit >/dev/null
  section unit of_unit
fi
section processes fullest
sections_end
`;

/**
 * Sections: host (`file-nr` and `nr_open` of /proc/sys/fs), unit (properties, when there is a `$runbook_service`; only systemd has some), and
 * processes, three lines each: `PID OPEN LIMIT CLOSE_WAIT`, its name, `path CGROUP`; those that are nearest to their limit first.
 */
export function openFilesText(manager: UnitManager): string {
  return `${SECTIONS}${PROCESSES_SH}${manager === 'systemd' ? SYSTEMD : INIT_SCRIPTS}${COUNT}`;
}
