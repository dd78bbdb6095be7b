import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../fleet/cache.ts';
import type { FleetHost } from '../fleet/host.ts';

const FETCH = `
mkdir -p "$1.part"; cd "$1.part"
apt-get download -q acl attr; for package in *.deb; do dpkg -x "$package" .; done
mkdir tools; find bin usr/bin -type f -name '[gs]et*' -exec cp {} tools/ ';'
cd ..; mv "$1.part" "$1"
`;

/** Puts getfacl, setfacl, getfattr and setfattr on a host, from Debian's packages; false where these cannot be fetched. */
export async function giveAttributeTools(host: FleetHost): Promise<boolean> {
  const folder = join(cacheFolder(), 'attribute-tools');
  if (!existsSync(folder)) {
    try {
      execFileSync('sh', ['-euc', FETCH, 'sh', folder], { stdio: 'ignore', timeout: 60_000 });
    } catch {
      return false;
    }
  }
  execFileSync('sh', ['-euc', 'cp "$1"/tools/* "$2/usr/local/bin/"', 'sh', folder, host.root]);
  return (await host.exec('getfacl --version && getfattr --version')).code === 0;
}
