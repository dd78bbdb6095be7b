import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetHost } from '../fleet/host.ts';
import { script } from '../fleet/shell.ts';
import { unpacked } from '../fleet/unpacked.ts';

/** Gives the host BusyBox for its shell and for every tool it has, as on Alpine; the second call takes it back. */
export async function installBusybox(host: FleetHost): Promise<() => Promise<void>> {
  await copyBusybox(host);
  await host.exec('/bin/busybox --install -s /usr/local/sbin; ln -sf /bin/busybox /bin/sh');
  return async () => {
    await host.exec('/bin/busybox find /usr/local/sbin -type l -exec /bin/busybox rm {} + ; ln -sf dash /bin/sh');
  };
}

/** Gives the host BusyBox as one more login shell, /bin/ash. */
export async function installBusyboxShell(host: FleetHost): Promise<void> {
  await copyBusybox(host);
  await host.exec('ln -sf /bin/busybox /bin/ash');
}

async function copyBusybox(host: FleetHost): Promise<void> {
  const target = await unpacked('busybox', ['busybox-static']);
  const program = ['bin/busybox', 'usr/bin/busybox'].map((path) => join(target, path)).find((path) => existsSync(path));
  await script('cp "$FROM" "$TO"', { FROM: program ?? '', TO: join(host.root, 'bin/busybox') });
}
