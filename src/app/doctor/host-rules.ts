import type { Complaint } from '../../model/complaint.ts';
import { formatBytes } from '../../util/bytes.ts';
import { formatDuration } from '../../util/duration.ts';
import type { HostLook } from './look.ts';

/** What was found of a host that let us in. */
export interface SeenHost {
  readonly look: HostLook;
  /** Milliseconds that connecting, logging in and becoming another user took. */
  readonly connectMs: number;
  /** How far the host's clock is ahead of ours, milliseconds; negative: behind. */
  readonly aheadMs?: number;
  /** Could a port of the host be reached through the connection? `undefined`: not tried. */
  readonly forwards?: boolean;
  readonly loginUser: string;
  readonly os: string;
}

const LEAST_BYTES = 1024 * 1024;
const LEAST_INODES = 100;
const MOST_SKEW_MS = 5000;
const SLOW_MS = 5000;
const MUCH_KEPT = 100 * 1024 * 1024;
/** systemd counts users from here on as people, and removes what they leave behind: SYS_UID_MAX of login.defs. */
const FIRST_PERSON = 1000;

/** Pure: what keeps a run from working there, the worst first. */
export function complaintsOf(seen: SeenHost): readonly Complaint[] {
  return [
    ...missingTools(seen),
    ...ledgerTrouble(seen),
    ...spaceTrouble(seen),
    ...heldLock(seen),
    ...runUser(seen),
    ...clock(seen),
    ...lease(seen),
    ...forwarding(seen),
    ...slow(seen),
    ...kept(seen),
  ];
}

const problem = (what: string, why: string, fix: string): Complaint => ({ severity: 'problem', what, why, fix });
const warning = (what: string, why: string, fix: string): Complaint => ({ severity: 'warning', what, why, fix });

function missingTools({ look: { tools, hasProc }, os }: SeenHost): readonly Complaint[] {
  const none = (...names: readonly string[]): boolean => !names.some((name) => tools.has(name));
  const cannotEnd = 'the host is diagnosed and not changed: a step could not be ended, or proven gone';
  return [
    ...(hasProc ? [] : [problem('there is no /proc', cannotEnd, 'mount -t proc proc /proc')]),
    ...(none('setsid', 'perl')
      ? [problem('there is neither setsid nor perl', cannotEnd, install(os, 'util-linux'))]
      : []),
    ...(none('mkfifo', 'mknod', 'perl')
      ? [problem('there is neither mkfifo, mknod nor perl', cannotEnd, install(os, 'coreutils'))]
      : []),
    ...['dd', 'tee', 'grep'].flatMap((name) =>
      tools.has(name)
        ? []
        : [problem(`there is no ${name}`, cannotEnd, install(os, name === 'grep' ? 'grep' : 'coreutils'))],
    ),
  ];
}

function ledgerTrouble({ look: { ledger, uid } }: SeenHost): readonly Complaint[] {
  const { path } = ledger;
  const why = 'what is started there could not be recorded, so nothing is changed';
  switch (ledger.state) {
    case 'absent':
      if (ledger.canBeMade) return [];
      return [problem(`${path} is not there and can't be made`, why, `ls -ld ${parentOf(path)}; df ${parentOf(path)}`)];
    case 'other':
      return [problem(`${path} is no folder`, why, `ls -ld ${path}`)];
    case 'folder': {
      if (ledger.owner !== uid)
        return [problem(`${path} belongs to uid ${ledger.owner}, not to ${uid}`, why, `chown ${uid} ${path}`)];
      if (!/^drwx--(?:----[.+]?|S---)$/.test(ledger.mode))
        return [problem(`${path} is open to others (${ledger.mode})`, why, `chmod 700 ${path}`)];
      if (!ledger.isWritable) return [problem(`${path} is read-only`, why, `mount | grep ${parentOf(path)}`)];
      if (!ledger.isLockOther) return [];
      return [problem(`${path}/lock is no file`, 'the host could not be locked', `ls -ld ${path}/lock`)];
    }
  }
}

function spaceTrouble({ look: { spaces, ledger } }: SeenHost): readonly Complaint[] {
  return spaces.flatMap(({ path, freeBytes, freeInodes }) => {
    const isLedger = ledger.path.startsWith(path === '/' ? '/' : `${path}/`) && path !== '/var' && path !== '/tmp';
    const make = isLedger ? problem : warning;
    const why = isLedger
      ? 'what is started there could not be recorded, so nothing is changed'
      : 'steps that write there would fail';
    if (freeBytes < LEAST_BYTES)
      return [make(`${path} is full: ${formatBytes(freeBytes)} free`, why, `df -h ${path}; runbook plan disk-full`)];
    if (freeInodes !== undefined && freeInodes < LEAST_INODES)
      return [make(`${path} has ${freeInodes} inodes left`, why, `df -i ${path}`)];
    return [];
  });
}

function heldLock({ look: { isLocked, lockNote } }: SeenHost): readonly Complaint[] {
  if (!isLocked) return [];
  const why = 'a run is refused while that one goes on';
  if (lockNote.length === 0)
    return [warning('it is locked, and nothing there says by whom', why, 'wait, or ask who works on this host')];
  const said = new Map(lockNote.map((line) => [line.split(' ')[0] ?? '', line.split(' ').slice(1).join(' ')]));
  const [by, since, run] = ['by', 'since', 'run'].map((name) => said.get(name) ?? '?');
  const what = `it is locked by ${by} since ${since}, for ${said.get('runbook') ?? '?'}`;
  return [warning(what, why, `wait for it, or ask ${by}: run ${run}`)];
}

function runUser({ look: { loginUid, loginObjects, hasLogind }, loginUser }: SeenHost): readonly Complaint[] {
  if (loginUid === undefined || loginUid < FIRST_PERSON || loginObjects === 0 || !hasLogind) return [];
  const what = `${loginUser} owns ${loginObjects} semaphore sets, queues or shared memory segments`;
  const why = 'systemd-logind may remove them when this login ends, under the program that uses them (RemoveIPC)';
  return [warning(what, why, 'log in as another user, or set RemoveIPC=no in /etc/systemd/logind.conf')];
}

function clock({ aheadMs }: SeenHost): readonly Complaint[] {
  if (aheadMs === undefined || Math.abs(aheadMs) < MOST_SKEW_MS) return [];
  const what = `its clock is ${formatDuration(Math.round(Math.abs(aheadMs) / 1000) * 1000)} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's`;
  return [warning(what, 'times of its logs and of ours do not fit together', 'timedatectl set-ntp true')];
}

function lease({ look: { tools }, os }: SeenHost): readonly Complaint[] {
  if (tools.has('flock') || tools.has('perl')) return [];
  const why = 'the lock is a directory then, which the kernel does not free when a controller dies';
  return [warning('there is neither flock nor perl', why, install(os, 'util-linux'))];
}

function forwarding({ forwards, look: { tools } }: SeenHost): readonly Complaint[] {
  if (forwards !== false || tools.has('curl') || tools.has('wget')) return [];
  const why = 'http, port and tls_certificate look through the SSH connection, or by curl or wget on the host';
  return [
    warning('sshd there forwards no ports, and there is no curl', why, 'AllowTcpForwarding local, in sshd_config'),
  ];
}

function slow({ connectMs }: SeenHost): readonly Complaint[] {
  if (connectMs < SLOW_MS) return [];
  const why = 'each run waits for it; a name server that does not answer, or a start-up file of the shell';
  return [
    warning(`to log in takes ${formatDuration(Math.round(connectMs / 100) * 100)}`, why, 'UseDNS no, in sshd_config'),
  ];
}

function kept({ look: { keptBytes } }: SeenHost): readonly Complaint[] {
  if (keptBytes < MUCH_KEPT) return [];
  const what = `${formatBytes(keptBytes)} of originals are kept in /var/lib/runbook/kept`;
  return [warning(what, 'they are what undoes a change', 'remove the folders of runs that nobody will undo')];
}

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

function install(os: string, name: string): string {
  switch (os) {
    case 'alpine':
      return `apk add ${name}`;
    case 'rhel':
    case 'centos':
    case 'rocky':
    case 'almalinux':
    case 'fedora':
    case 'ol':
    case 'amzn':
      return `dnf install ${name}`;
    case 'opensuse-leap':
    case 'sles':
      return `zypper install ${name}`;
    default:
      return `apt-get install ${name}`;
  }
}
