import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetHost } from '../fleet/host.ts';
import { script } from '../fleet/shell.ts';
import { unpacked } from '../fleet/unpacked.ts';
import { PUT_AWAY } from './transport-fleet.ts';

/** Gives the host BusyBox as one more login shell, /bin/ash. */
export async function installBusyboxShell(host: FleetHost): Promise<void> {
  await copyBusybox(host);
  await host.exec('ln -sf /bin/busybox /bin/ash');
}

/** Leaves the host nothing but BusyBox and sshd. */
export async function leaveOnlyBusybox(host: FleetHost): Promise<void> {
  await copyBusybox(host);
  const { code, stderr } = await host.exec(`
    cp /bin/busybox /busybox; set +f
    for file in /usr/bin/* /usr/sbin/*; do [ "$file" = /usr/sbin/sshd ] || set -- "$@" "$file"; done
    /busybox mkdir ${PUT_AWAY}; /busybox mv "$@" ${PUT_AWAY}; /busybox cp /busybox /bin/busybox; /bin/busybox --install -s /usr/bin
    sed -i 's|/bin/bash$|/bin/ash|' /etc/passwd; rm /busybox; ! command -v perl setpriv bash dash`);
  if (code !== 0) throw new Error(`${host.name} has more than BusyBox: ${stderr}`);
}

async function copyBusybox(host: FleetHost): Promise<void> {
  const target = await unpacked('busybox', ['busybox-static']);
  const program = ['bin/busybox', 'usr/bin/busybox'].map((path) => join(target, path)).find((path) => existsSync(path));
  await script('cp "$FROM" "$TO"', { FROM: program ?? '', TO: join(host.root, 'bin/busybox') });
}
