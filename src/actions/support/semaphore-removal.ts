import { APACHE_PARENTS_SH, PROCESSES_SH } from './processes.ts';
import { SEMAPHORE_ROWS_SH } from './semaphore-rows.ts';
import { SEMAPHORE_RULES_SH } from './semaphore-rules.ts';

// Apache's parents are read once: one that starts later is younger than every set named here, so it cannot come to need one.
const REMOVE_SH = `
if command -v ipcrm >/dev/null 2>&1; then
  remove() { ipcrm -s "$1" 2>&1; }
elif command -v perl >/dev/null 2>&1; then
  remove() { perl -e 'defined semctl($ARGV[0], 0, 0, 0) or do { print "$!\\n"; exit 1 }' "$1" 2>&1; }
else
  echo 'runbook: there is neither ipcrm nor perl to remove a semaphore set' >&2
  exit 69
fi
manager=yes
find_apaches
parents=$apaches
reread() {
  row=$(rows "$1" | inspect)
  set -- $row
  if [ "\${1-}" = '!' ]; then
    printf 'runbook: %s\\n' "\${row#! }" >&2
    exit 70
  fi
  [ $# -eq 9 ] || return 1
  key=$1 id=$2 mode=$3 nsems=$4 uid=$5 otime=$6 ctime=$7 last=$8 waiting=$9
}
echo 'set ID KEY MODE SEMAPHORES UID OTIME CTIME LAST_PID WAITING VERDICT'
for wanted; do
  target=\${wanted%%:*}
  if ! reread "$target"; then
    echo "kept $target absent"
    continue
  fi
  owner_uid=$uid
  judge
  if [ "$otime:$ctime" != "\${wanted#*:}" ]; then verdict=changed; fi
  echo "set $id $key $mode $nsems $uid $otime $ctime $last $waiting $verdict"
  case $verdict in
    gone* | reused*)
      if complaint=$(remove "$target"); then
        echo "removed $target"
      else
        echo "kept $target refused $complaint"
      fi
      ;;
    *) echo "kept $target $verdict" ;;
  esac
done
echo end
`;

/**
 * Arguments `ID:OTIME:CTIME`. For each: prints the set as it is now, with the verdict of the rules, and removes it when they still call it an
 * orphan and both times are those given. A set's ctime changes with its owner or mode, so these are then unchanged too.
 * Exit code 69: no program can remove a set. 70: the sets cannot be read; what was removed before is printed.
 */
export const SEMAPHORE_REMOVAL_SH = [
  PROCESSES_SH,
  APACHE_PARENTS_SH,
  SEMAPHORE_ROWS_SH,
  SEMAPHORE_RULES_SH,
  REMOVE_SH,
].join('');
