import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { cacheFolder } from './cache.ts';
import { fleetTools } from './packages.ts';
import { script } from './shell.ts';

/** Debian 11, 12 and 13. */
export type Release = 'bullseye' | 'bookworm' | 'trixie';

const PACKAGES = 'systemd,systemd-sysv,dbus,libpam-systemd,openssh-server,apache2,sudo,iproute2,procps,curl';

// No network leaves a host, so what would wait for one is off.
const FINISH = `
rm -f /etc/ssh/ssh_host_* /etc/resolv.conf; : >/etc/resolv.conf; : >/etc/machine-id
useradd --create-home --shell /bin/bash --password '*' ops
echo 'ops ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/ops; chmod 440 /etc/sudoers.d/ops
systemctl -q disable apt-daily.timer apt-daily-upgrade.timer
apt-get clean; rm -rf /var/lib/apt/lists/*
`;

const LOCALES = `
localedef -i de_DE -f UTF-8 de_DE.UTF-8; localedef -i tr_TR -f UTF-8 tr_TR.UTF-8
`;

/** The one that all tests use has what they need; the others come with the locales de_DE.UTF-8 and tr_TR.UTF-8. */
const EXTRAS: Readonly<Record<Release, { packages: string; finish: string }>> = {
  bullseye: { packages: ',locales', finish: LOCALES },
  // For certificates and clocks that go wrong; nothing of it runs by itself.
  bookworm: { packages: ',openssl,chrony', finish: 'systemctl -q disable chrony\n' },
  trixie: { packages: ',locales', finish: LOCALES },
};

// The lock is inherited by all that builds: it is held until the last of them is gone, even when this process dies.
const BUILD = `
exec 9>"$TARGET.lock"; flock 9
[ ! -d "$TARGET" ] || exit 0
rm -rf --one-file-system "$TARGET.part"
DEBOOTSTRAP_DIR=$TOOLS/usr/share/debootstrap unshare --mount "$TOOLS/usr/sbin/debootstrap" \
  --variant=minbase --include="$PACKAGES" "$SUITE" "$TARGET.part" "$MIRROR" >"$TARGET.log" 2>&1 || { tail "$TARGET.log" >&2; exit 1; }
chroot "$TARGET.part" sh -euc "$FINISH"
mv "$TARGET.part" "$TARGET"
`;

/** Root file system of hosts, read only. The first call for a release builds it: one to two minutes and 450 MB of the cache. */
export async function baseImage(release: Release = 'bookworm'): Promise<string> {
  const tools = await fleetTools();
  const { packages, finish } = EXTRAS[release];
  const recipe = { SUITE: release, PACKAGES: PACKAGES + packages, FINISH: FINISH + finish };
  const version = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 8);
  const target = join(cacheFolder(), `${release}-${version}`);
  await script(BUILD, { ...recipe, TARGET: target, TOOLS: tools.folder, MIRROR: tools.mirror }, 900_000);
  return target;
}
