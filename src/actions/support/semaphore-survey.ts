import { SECTIONS } from './sections.ts';
import { APACHE_PARENTS_SH, PROCESSES_SH } from './processes.ts';
import { SEMAPHORE_ROWS_SH } from './semaphore-rows.ts';
import { SEMAPHORE_RULES_SH } from './semaphore-rules.ts';
import { USER_NAMES_SH } from './user-names.ts';

const SERVICE_SH = `
manager=yes main=0
case $service in
  '' | */*) ;;
  *)
    if [ -d /run/systemd/system ]; then
      main=$(systemctl show -p MainPID -- "$service") || manager=no
      main=\${main#MainPID=}
    else
      plain=\${service%.service}
      for file in "/run/$plain.pid" "/run/$plain/$plain.pid" "/var/run/$plain.pid" "/var/run/$plain/$plain.pid"; do
        { read -r main rest <"$file"; } 2>/dev/null && break
      done
    fi
    ;;
esac
case $main in *[!0-9]* | '') main=0 ;; esac
find_apaches
parents=$apaches
if [ "$main" -gt 0 ] && look "$main"; then parents="$parents $main:$started:*"; fi
`;

const OWNER_SH = `
case $owner in
  '') owner_uid= ;;
  *[!0-9]*) owner_uid=$(id -u -- "$owner" 2>/dev/null) ;;
  *) owner_uid=$owner ;;
esac
`;

const TABLE_SH = `
limits() {
  if [ -r /proc/sys/kernel/sem ]; then
    cat /proc/sys/kernel/sem
  else
    ipcs -s -l | while read -r line; do
      case $line in
        'max semaphores per array = '*) semmsl=\${line##* } ;;
        'max semaphores system wide = '*) semmns=\${line##* } ;;
        'max ops per semop call = '*) semopm=\${line##* } ;;
        'max number of arrays = '*) semmni=\${line##* } ;;
        'semaphore max value = '*) echo "$semmsl $semmns $semopm $semmni" ;;
      esac
    done
  fi
}
table() {
  rows | inspect | while read -r key id mode nsems uid otime ctime last waiting; do
    if [ "$key" = '!' ]; then
      echo "! $id $mode $nsems $uid $otime $ctime $last $waiting"
    else
      judge
      echo "$id $key $mode $nsems $uid $otime $ctime $last $waiting $verdict"
    fi
  done
}
users() {
  rows | {
    uids=
    while read -r key id mode nsems uid rest; do
      case " $uids" in *" $uid "*) ;; *) uids="$uids$uid " ;; esac
    done
    names_of $uids
  }
}
section clock echo "$now"
section limits limits
section sets table
section users users
sections_end
`;

/** Prints the sections `clock limits sets users`. Variables: `owner`, a name or uid; `service`. Reads only. */
export const SEMAPHORE_SURVEY_SH = [
  SECTIONS,
  PROCESSES_SH,
  APACHE_PARENTS_SH,
  SEMAPHORE_ROWS_SH,
  SEMAPHORE_RULES_SH,
  OWNER_SH,
  SERVICE_SH,
  USER_NAMES_SH,
  TABLE_SH,
].join('');
