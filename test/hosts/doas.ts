import { script } from '../fleet/shell.ts';
import { unpacked } from '../fleet/unpacked.ts';
import type { FleetHost } from '../fleet/host.ts';

const COPY = `cp -a "$FROM/usr/bin/doas" "$TO/usr/bin/"; cp -a "$FROM/etc/pam.d/doas" "$TO/etc/pam.d/"`;

/** Puts doas on a host, from Debian's package; false where it cannot be fetched. */
export async function giveDoas(host: FleetHost): Promise<boolean> {
  const folder = await unpacked('opendoas', ['opendoas']).catch(() => undefined);
  if (folder === undefined) return false;
  await script(COPY, { FROM: folder, TO: host.root });
  return (await host.exec('test -u /usr/bin/doas')).code === 0;
}
