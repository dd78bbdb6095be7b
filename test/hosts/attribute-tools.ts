import { script } from '../fleet/shell.ts';
import { unpacked } from '../fleet/unpacked.ts';
import type { FleetHost } from '../fleet/host.ts';

const COPY = `find "$FROM/bin" "$FROM/usr/bin" -type f -name '[gs]et*' -exec cp {} "$TO/usr/local/bin/" ';'`;

/** Puts getfacl, setfacl, getfattr and setfattr on a host, from Debian's packages; false where these cannot be fetched. */
export async function giveAttributeTools(host: FleetHost): Promise<boolean> {
  const folder = await unpacked('attribute-tools', ['acl', 'attr']).catch(() => undefined);
  if (folder === undefined) return false;
  await script(COPY, { FROM: folder, TO: host.root });
  return (await host.exec('getfacl --version && getfattr --version')).code === 0;
}
