import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROGRAMS = 'apt-get chroot dpkg env find flock gpgv ip mount nsenter perl ssh-keygen umount unshare wget';

// Overlay on tmpfs, a link and a control group are tried, not guessed: root in a container may be allowed none of them.
const TRY = `
mount -t tmpfs tmpfs /mnt; cd /mnt; mkdir a b c d
mount -t overlay -o lowerdir=a,upperdir=b,workdir=c overlay d
ip link add rbftry type bridge`;

/** Why full hosts can't be made on this machine, or `undefined`. */
export function fleetProblem(): string | undefined {
  if (process.platform !== 'linux') return 'hosts are made from Linux namespaces; this is no Linux';
  if (process.getuid?.() !== 0) return 'only root can make them';
  if (!existsSync('/etc/debian_version')) return 'their tools come by apt; this is no Debian';
  const missing = PROGRAMS.split(' ').filter((program) => !isOnPath(program));
  if (missing.length > 0) return `this machine lacks ${missing.join(', ')}`;
  if (!['systemd', 'unified', '.'].some((hierarchy) => existsSync(`/sys/fs/cgroup/${hierarchy}/cgroup.procs`)))
    return 'no control group hierarchy is mounted that systemd could use';
  const trial = spawnSync('unshare', ['--mount', '--net', '--ipc', '--uts', '--pid', '--fork', 'sh', '-euc', TRY]);
  return trial.status === 0
    ? undefined
    : `namespaces, overlays or bridges are not allowed here: ${String(trial.stderr).trim()}`;
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/${program}`));
}
