import type { CommandResult, Script } from '../../model/script.ts';

/** What a host said when it was looked at; nothing was written there. */
export interface HostLook {
  /** Programs that a run may use, as far as they are there. */
  readonly tools: ReadonlySet<string>;
  readonly hasProc: boolean;
  readonly uid: number;
  /** Where the lock and the claims are, or would be. */
  readonly ledger: LedgerLook;
  /** Of the file systems that a run writes to. */
  readonly spaces: readonly Space[];
  /** The host's clock, milliseconds since 1970. Absent: it did not say. */
  readonly time?: number;
  /** Does a process hold the lock? */
  readonly isLocked: boolean;
  /** Who says to have locked the host, in the words of the note that is kept for people. It may be older than the lock. */
  readonly lockNote: readonly string[];
  /** Originals of files that were changed, kept for their undo. */
  readonly keptBytes: number;
  /** Semaphore sets, message queues and shared memory of the login user. */
  readonly loginObjects: number;
  readonly loginUid?: number;
  readonly hasLogind: boolean;
}

export type LedgerLook = { readonly path: string } & (
  | { readonly state: 'absent'; readonly canBeMade: boolean }
  | {
      readonly state: 'folder';
      readonly mode: string;
      readonly owner: number;
      readonly isWritable: boolean;
      /** What bears the name of the lock is no file, so that it can't be taken. */
      readonly isLockOther: boolean;
    }
  | { readonly state: 'other' }
);

export interface Space {
  readonly path: string;
  readonly freeBytes: number;
  /** Absent where the file system counts none. */
  readonly freeInodes?: number;
}

/* Whoever holds the lock has its file as descriptor 9 or, where nothing can take one, its pid and start time in a folder beside it. */
const TEXT = `
login_user=$1
for tool in setsid perl mkfifo mknod flock dd tee grep logger sha256sum curl wget; do
  command -v "$tool" >/dev/null 2>&1 && echo "=tool $tool"
done
[ -e /proc/self/fd/0 ] && echo '=proc yes'
uid=$(id -u); echo "=uid $uid"
if [ "$uid" = 0 ]; then ledger=/run/runbook; [ -d /run ] || ledger=/var/run/runbook
else ledger=$HOME/.local/state/runbook; fi
echo "=ledger $ledger"
above=\${ledger%/*}; while [ -n "$above" ] && [ ! -d "$above" ]; do above=\${above%/*}; done
[ -n "$above" ] || above=/
if [ -d "$ledger" ] && [ ! -L "$ledger" ]; then
  set -- $(cd -P "$ledger" && ls -ldn .)
  echo "=folder $1 $3"; [ -w "$ledger" ] && echo '=writable yes'
  if [ -e "$ledger/lock" ] && [ ! -f "$ledger/lock" ]; then echo '=lock-other yes'; fi
  for file in /proc/[0-9]*/fd/9; do
    if [ "$file" -ef "$ledger/lock" ]; then echo '=locked yes'; fi
  done
  if [ -f "$ledger/lease/holder" ]; then
    read -r pid start <"$ledger/lease/holder"
    if [ -r "/proc/$pid/stat" ] && read -r line <"/proc/$pid/stat"; then
      set -- \${line##*) }; [ "\${20}" != "$start" ] || echo '=locked yes'
    fi
  fi
elif [ -e "$ledger" ] || [ -L "$ledger" ]; then echo '=other yes'
elif [ -w "$above" ]; then echo '=can-be-made yes'; fi
for place in "$above" /tmp /var; do
  [ -d "$place" ] || continue
  df -Pk "$place" | { read -r line; read -r line; set -- $line; echo "=space $4 $place"; }
  df -Pi "$place" 2>/dev/null | { read -r line; read -r line; set -- $line; echo "=inodes $4 $place"; }
done
date -u '+=time %s.%N'
if [ -f "$ledger.lock" ] && [ ! -L "$ledger.lock" ] && [ -r "$ledger.lock" ]; then
  count=0
  while [ $count -lt 9 ] && read -r line; do echo "=note $line"; count=$((count + 1)); done <"$ledger.lock"
fi
[ ! -d /var/lib/runbook/kept ] || du -sk /var/lib/runbook/kept | { read -r size line; echo "=kept $size"; }
login=$(id -u -- "$login_user" 2>/dev/null) && echo "=login $login"
[ -d /run/systemd/seats ] && echo '=logind yes'
objects=0
for kind in sem:5 msg:8 shm:8; do
  [ -r "/proc/sysvipc/\${kind%:*}" ] || continue
  while read -r line; do
    set -- $line; shift $((\${kind#*:} - 1))
    [ "$1" != "$login" ] || objects=$((objects + 1))
  done <"/proc/sysvipc/\${kind%:*}"
done
echo "=objects $objects"
exit 0
`;

/** Reads only. `loginUser`: who logged in, whoever the shell belongs to now. */
export function lookScript(loginUser: string): Script {
  return { summary: 'look at what a run needs', text: TEXT, args: [loginUser] };
}

/** Undefined: the host gave no answer that can be used. */
export function parseLook({ end, stdout }: CommandResult): HostLook | undefined {
  if (end.how !== 'exit') return undefined;
  const said = stdout.text.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = /^=([a-z-]+) (.*)$/.exec(line) ?? [];
    return name === '' ? [] : [{ name, value }];
  });
  const all = (name: string): readonly string[] => said.filter((each) => each.name === name).map(({ value }) => value);
  const first = (name: string): string | undefined => all(name)[0];
  const [uid, path] = [first('uid'), first('ledger')];
  if (uid === undefined || path === undefined) return undefined;
  const login = first('login');
  const time = timeOf(first('time') ?? '');
  return {
    tools: new Set(all('tool')),
    hasProc: first('proc') !== undefined,
    uid: Number(uid),
    ledger: ledgerOf(path, first),
    spaces: spacesOf(all('space'), all('inodes')),
    ...(time !== undefined && { time }),
    isLocked: first('locked') !== undefined,
    lockNote: all('note'),
    keptBytes: (Number(first('kept')) || 0) * 1024,
    loginObjects: Number(first('objects')) || 0,
    ...(login !== undefined && { loginUid: Number(login) }),
    hasLogind: first('logind') !== undefined,
  };
}

function ledgerOf(path: string, first: (name: string) => string | undefined): LedgerLook {
  const [mode, owner] = first('folder')?.split(' ') ?? [];
  if (mode !== undefined && owner !== undefined)
    return {
      path,
      state: 'folder',
      mode,
      owner: Number(owner),
      isWritable: first('writable') !== undefined,
      isLockOther: first('lock-other') !== undefined,
    };
  if (first('other') !== undefined) return { path, state: 'other' };
  return { path, state: 'absent', canBeMade: first('can-be-made') !== undefined };
}

function spacesOf(spaces: readonly string[], inodes: readonly string[]): readonly Space[] {
  const split = (line: string): readonly [number, string] => {
    const [, number = '', path = ''] = /^(\S*) (.*)$/.exec(line) ?? [];
    return [Number.parseInt(number, 10), path];
  };
  const free = new Map(inodes.map(split).map(([number, path]) => [path, number]));
  return spaces.map(split).flatMap(([kilobytes, path]) => {
    if (Number.isNaN(kilobytes)) return [];
    const freeInodes = free.get(path);
    const counts = freeInodes !== undefined && !Number.isNaN(freeInodes);
    return [{ path, freeBytes: kilobytes * 1024, ...(counts && { freeInodes }) }];
  });
}

/** Seconds with a fraction, or with the `%N` that some `date` prints as it is. */
function timeOf(text: string): number | undefined {
  const [, seconds, fraction = '0'] = /^(\d{1,12})(?:\.(\d{1,9}))?/.exec(text) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000 + Math.floor(Number(`0.${fraction}`) * 1000);
}
