/**
 * The four rules of an orphan, in POSIX sh, so that diagnosis and the test right before a removal are one text. After `PROCESSES_SH` and
 * `APACHE_PARENTS_SH`.
 *
 * `judge` takes `key id mode nsems uid otime ctime last waiting` of a set, `owner_uid` (whose sets may be orphans), `parents` (as `apaches`:
 * whose sets must stay), `manager` (`no`: the service manager could not say which process is the parent), and sets `verdict`: a code and
 * its arguments, which `describeVerdict` puts into words.
 *
 * All times are whole seconds, those of processes rounded down, so `<` and `>` err on the side of leaving a set alone. A clock that was set
 * since would turn them round: a set older than the host's start proves that, and then no time decides. What the last process is now also
 * speaks for a set: a child of a running Apache parent is never taken for a stranger with a reused pid.
 */
export const SEMAPHORE_RULES_SH = `
judge() {
  if [ "$uid" != "$owner_uid" ]; then verdict=owner; return; fi
  if [ "$key" != 0 ]; then verdict=keyed; return; fi
  if [ "$nsems" != 1 ]; then verdict=size; return; fi
  if [ "$mode" != 600 ]; then verdict=mode; return; fi
  if [ "$last" = - ]; then verdict=locked; return; fi
  if [ "$last" = 0 ]; then verdict=untouched; return; fi
  if [ "$waiting" != 0 ]; then verdict=waited; return; fi
  if [ "$visible" != yes ]; then verdict=hidden; return; fi
  if [ "$manager" = no ]; then verdict=manager; return; fi
  used=$otime clock=
  [ "$otime" != 0 ] || used=$ctime
  if [ "$ctime" -lt $((boot - 2)) ] || [ "$used" -lt $((boot - 2)) ]; then clock=set; fi
  verdict='gone'
  if look "$last"; then
    case " $parents" in *" $last:"* | *" $parent:"*) verdict="member $last"; return ;; esac
    if [ "$started" -le "$used" ]; then verdict="alive $last"; return; fi
    if [ -n "$clock" ]; then verdict=clock; return; fi
    verdict='reused'
  fi
  older=
  for entry in $parents; do
    keeper=\${entry%%:*} entry=\${entry#*:}
    case \${entry#*:} in *"*"* | *",$uid,"*) ;; *) continue ;; esac
    if [ -n "$clock" ]; then verdict=clock; return; fi
    if [ "$ctime" -ge "\${entry%%:*}" ]; then verdict="kept $keeper"; return; fi
    older=$keeper
  done
  verdict="$verdict \${older:-0}"
}
`;

/** As printed by `judge`. Orphans are `gone PARENT` and `reused PARENT`, PARENT being 0 when no Apache parent runs. */
export const VERDICT =
  /^(?:(?:owner|keyed|size|mode|locked|untouched|waited|hidden|manager|clock)|(?:gone|reused|member|alive|kept) \d+)$/;

export interface JudgedSet {
  readonly verdict: string;
  readonly id: number;
  readonly key: number;
  readonly owner: string;
  readonly semaphores: number;
  readonly mode: string;
  readonly last_pid: number;
  readonly waiting: number;
}

export const isOrphan = (verdict: string): boolean => /^(?:gone|reused) /.test(verdict);

/** Why a set is an orphan, or why it is not, for people. */
export function describeVerdict(set: JudgedSet): string {
  const [code, pid] = set.verdict.split(' ');
  const since = pid === '0' ? 'no Apache parent runs' : `it is older than the running parent ${pid}`;
  switch (code) {
    case 'gone':
      return `its last process ${set.last_pid} is gone, nobody waits on it, and ${since}`;
    case 'reused':
      return `its last process is gone (another one that started later has its pid ${set.last_pid}), nobody waits on it, and ${since}`;
    case 'owner':
      return `it belongs to ${set.owner}`;
    case 'keyed':
      return `it has a key (0x${(set.key >>> 0).toString(16)}): a program shares it by name`;
    case 'size':
      return `it has ${set.semaphores} semaphores, Apache's have one`;
    case 'mode':
      return `its mode is ${set.mode}, Apache's have 0600`;
    case 'locked':
      return 'its last process is unknown: neither perl nor ipcs could read it';
    case 'untouched':
      return 'its last process is unknown: none that is visible here ever used it';
    case 'waited':
      return `${set.waiting} ${set.waiting === 1 ? 'process waits' : 'processes wait'} on it`;
    case 'hidden':
      return "whether its last process is gone is unknown: other users' processes are hidden from this login";
    case 'manager':
      return 'whether its service runs is unknown: the service manager gave no answer';
    case 'clock':
      return "it seems older than the host's start, so the clock was set since and its times prove nothing";
    case 'alive':
      return `its last process ${pid} still runs`;
    case 'member':
      return `its last process ${pid} belongs to the running service`;
    case 'kept':
      return `it was made after the running parent ${pid} had started, so its children may use it`;
    default:
      return set.verdict;
  }
}
