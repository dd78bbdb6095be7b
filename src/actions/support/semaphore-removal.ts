import { APACHE_PARENTS_SH, PROCESSES_SH } from './processes.ts';
import { SEMAPHORE_ROWS_SH } from './semaphore-rows.ts';
import { SEMAPHORE_RULES_SH } from './semaphore-rules.ts';

// One reading costs several programs and goes through all sets of the host: with one for each of the 32000 sets that a kernel allows by
// default the removal took half an hour. Twenty are judged and removed within some 50 ms of their reading.
const READ_AT_ONCE = 20;

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
remove_batch() {
  wanted=
  for entry in $batch; do wanted="$wanted \${entry%%:*}"; done
  found=$(rows $wanted | inspect)
  case $found in
    '!'* | *"$line_break!"*)
      printf 'runbook: %s\\n' "\${found#*! }" >&2
      exit 70
      ;;
  esac
  set -- $found
  there=' '
  while [ $# -ge 9 ]; do
    key=$1 id=$2 mode=$3 nsems=$4 uid=$5 otime=$6 ctime=$7 last=$8 waiting=$9
    shift 9
    there="$there$id "
    remove_orphan
  done
  for id in $wanted; do
    case $there in *" $id "*) ;; *) echo "kept $id absent" ;; esac
  done
  batch= size=0
}
remove_orphan() {
  owner_uid=$uid
  judge
  case " $batch " in *" $id:$otime:$ctime "*) ;; *) verdict=changed ;; esac
  case $verdict in
    gone* | reused*)
      echo "orphan $id $uid $otime $ctime $last $verdict"
      complaint=$(remove "$id") || echo "kept $id refused $complaint"
      ;;
    *)
      echo "set $id $key $mode $nsems $uid $otime $ctime $last $waiting $verdict"
      echo "kept $id $verdict"
      ;;
  esac
}
line_break='
'
echo 'orphan ID UID OTIME CTIME LAST_PID VERDICT, with key 0, mode 600, 1 semaphore, 0 waiting'
batch= size=0
for entry; do
  batch="$batch $entry" size=$((size + 1))
  [ "$size" -lt ${READ_AT_ONCE} ] || remove_batch
done
[ "$size" -eq 0 ] || remove_batch
echo end
`;

/**
 * Arguments `ID:OTIME:CTIME`. For each, `READ_AT_ONCE` at a time: prints the set as it is now, with the verdict of the rules, and removes it when they still call it an
 * orphan and both times are those given. An orphan has one short line, as what is kept of an output must have room for 32000; without
 * a line `kept` after it, it was removed. A set's ctime changes with its owner or mode, so these are then unchanged too.
 * Exit code 69: no program can remove a set. 70: the sets cannot be read; what was removed before is printed.
 */
export const SEMAPHORE_REMOVAL_SH = [
  PROCESSES_SH,
  APACHE_PARENTS_SH,
  SEMAPHORE_ROWS_SH,
  SEMAPHORE_RULES_SH,
  REMOVE_SH,
].join('');
