import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../fleet/cache.ts';
import type { FleetHost } from '../fleet/host.ts';
import { script } from '../fleet/shell.ts';

const FETCH = `
exec 9>"$TARGET.lock"; flock 9
[ ! -d "$TARGET" ] || exit 0
rm -rf "$TARGET.part"; mkdir -p "$TARGET.part"; cd "$TARGET.part"
apt-get download -q busybox-static >&2
dpkg -x ./*.deb .; rm ./*.deb
mv "$TARGET.part" "$TARGET"
`;

/** Gives the host BusyBox for its shell and for every tool it has, as on Alpine; the second call takes it back. */
export async function installBusybox(host: FleetHost): Promise<() => Promise<void>> {
  const target = join(cacheFolder(), 'busybox');
  await script('mkdir -p "$FOLDER"', { FOLDER: cacheFolder() });
  await script(FETCH, { TARGET: target }, 300_000);
  const program = ['bin/busybox', 'usr/bin/busybox'].map((path) => join(target, path)).find((path) => existsSync(path));
  await script('cp "$FROM" "$TO"', { FROM: program ?? '', TO: join(host.root, 'bin/busybox') });
  await host.exec('/bin/busybox --install -s /usr/local/sbin; ln -sf /bin/busybox /bin/sh');
  return async () => {
    await host.exec('/bin/busybox find /usr/local/sbin -type l -exec /bin/busybox rm {} + ; ln -sf dash /bin/sh');
  };
}
