import { constants } from 'node:os';
import type { HostFacts } from '../../model/host.ts';

/**
 * All that is asked at the start, in one round trip: lines `file:text` from grep and lines `=name value`.
 * No loop over /proc in the shell: it reads one byte a call there; and as few programs as can be, which cost more than that.
 */
export const GREETING_SOURCE = `
rb_greet() {
  rb_mark "$1:begin"
  grep -E '^(ID|VERSION_ID)=|^btime |^MemTotal:|^cpu[0-9]|^SigIgn:' \
    /etc/os-release /usr/lib/os-release /proc/stat /proc/meminfo /proc/$$/status 2>/dev/null
  rb_arch=; [ ! -r /proc/sys/kernel/arch ] || read -r rb_arch </proc/sys/kernel/arch
  if [ -n "$rb_arch" ]; then
    read -r rb_system </proc/sys/kernel/ostype; read -r rb_kernel </proc/sys/kernel/osrelease
    echo "=uname $rb_system $rb_kernel $rb_arch"
  else printf '=uname '; uname -srm; fi
  date -u '+=date %s.%N'
  echo "=uid $rb_uid"
  echo "=shell $$"
  echo "=whole $rb_whole"
  printf '=files '; ulimit -n
  [ -n "$BASH_VERSION$ZSH_VERSION" ] || ! command -v typeset >/dev/null || echo "=ksh $KSH_VERSION"
  for rb_file in machine-id:/etc/machine-id boot_id:/proc/sys/kernel/random/boot_id; do
    rb_value=; [ ! -r "\${rb_file#*:}" ] || read -r rb_value <"\${rb_file#*:}"; echo "=\${rb_file%%:*} $rb_value"
  done
  if [ -d /run/systemd/system ]; then echo '=init systemd'
  elif [ -e /run/openrc/softlevel ] || [ -d /run/openrc/started ]; then echo '=init openrc'
  elif [ -x /sbin/init ] && [ -d /etc/init.d ]; then echo '=init sysv'
  else echo '=init none'; fi
  rb_mark "$1:end:0:"
}
`;

/** What the shell said about its host, and about itself. */
export interface Greeting {
  readonly facts: HostFacts;
  readonly shellPid: number;
  /** Why it can't be worked with, although it is a shell. */
  readonly unfit?: Unfit;
}

/**
 * `told-in-part`: some of what it was told before is lost. `ignores-term`: SIGTERM is ignored there, and so in all that it starts;
 * no shell can change that. `few-files`: it may open too few at once for what a step needs. `ksh`: it closes the descriptors above 2 in what it starts, so that no program could lock by one.
 */
export type Unfit = 'told-in-part' | 'ignores-term' | 'few-files' | 'ksh';

/** No word of a fact is longer, and no uid and no pid is larger, on any Linux or BSD. */
const LONGEST_WORD = 200;
const LARGEST_ID = 2 ** 32 - 2;

/** With 20 a change was seen to run, with 12 not: the shell has up to nine open, dash keeps copies of them from 10 on. */
const FEWEST_FILES = 20;

/** Facts that a host does not tell, or that no host can have, are empty or 0, never guessed. */
export function parseGreeting(text: string): Greeting | undefined {
  const named = new Map<string, string>();
  let cpus = 0;
  for (const line of text.split('\n')) {
    const [, name = '', value = ''] = /^=([\w-]+) ?(.*)$/.exec(line) ?? [];
    if (name !== '') named.set(name, value);
    const [, file = '', found = ''] = /^(\/[^:]*):(.*)$/.exec(line) ?? [];
    if (/^cpu\d/.test(found) && file === '/proc/stat') cpus += 1;
    const [, key = '', told = ''] = /^(ID|VERSION_ID|btime|MemTotal|SigIgn)(?:=|:\s*| )(.*)$/.exec(found) ?? [];
    if (key !== '' && !named.has(key)) named.set(key, told.replace(/^(["'])(.*)\1$/, '$2'));
  }
  const say = (name: string) => (named.get(name) ?? '').slice(0, LONGEST_WORD);
  const shellPid = idOf(say('shell'));
  const uid = idOf(say('uid'));
  if (uid === undefined || shellPid === undefined || shellPid === 0) return undefined;
  const [system = '', kernel = '', arch = ''] = say('uname').split(' ');
  const facts: HostFacts = {
    os: say('ID') === '' ? system.toLowerCase() : say('ID'),
    os_version: say('VERSION_ID'),
    kernel,
    arch,
    init: initOf(say('init')),
    boot_id: say('boot_id'),
    boot_time: instant(say('btime')),
    time: instant(say('date')),
    cpus,
    memory_bytes: Number(/^\d{1,12}(?!\d)/.exec(say('MemTotal'))?.[0] ?? 0) * 1024,
    machine_id: say('machine-id'),
    uid,
  };
  const unfit = unfitBy(say);
  return { facts, shellPid, ...(unfit !== undefined && { unfit }) };
}

function idOf(word: string): number | undefined {
  return /^\d{1,10}$/.test(word) && Number(word) <= LARGEST_ID ? Number(word) : undefined;
}

function unfitBy(say: (name: string) => string): Unfit | undefined {
  if (say('whole') === '') return 'told-in-part';
  if (hasTerm(say('SigIgn'))) return 'ignores-term';
  if (/^\d{1,9}$/.test(say('files')) && Number(say('files')) < FEWEST_FILES) return 'few-files';
  return say('ksh') === '' ? undefined : 'ksh';
}

/** A mask of signals in hexadecimal, the first one the lowest bit. */
const hasTerm = (mask: string): boolean =>
  /^[0-9a-f]{1,16}$/i.test(mask) && (BigInt(`0x${mask}`) & (1n << BigInt(constants.signals.SIGTERM - 1))) !== 0n;

function initOf(word: string): HostFacts['init'] {
  return word === 'systemd' || word === 'openrc' || word === 'sysv' ? word : 'none';
}

/** Seconds since 1970 with or without a fraction, or with the `%N` that some `date` prints as it is. */
function instant(seconds: string): string {
  const match = /^(\d+)(?:\.(\d{1,9}))?/.exec(seconds);
  if (match === null) return '';
  const milliseconds = Number(match[1]) * 1000 + Math.floor(Number(`0.${match[2] ?? '0'}`) * 1000);
  return milliseconds > 0 && milliseconds < 8.64e15 ? new Date(milliseconds).toISOString() : '';
}
