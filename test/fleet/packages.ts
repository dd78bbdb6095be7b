import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpacked } from './unpacked.ts';

/** Programs that make hosts, unpacked into the cache: nothing is installed on this machine. */
export interface FleetTools {
  folder: string;
  /** Mirror that this machine's own apt uses. */
  mirror: string;
}

const PACKAGES = ['debootstrap', 'systemd-container', 'libsystemd-shared'];

const CHECK = `
missing=$(LD_LIBRARY_PATH=$(echo "$PWD"/usr/lib/*/systemd) ldd usr/bin/systemd-nspawn | grep 'not found' || true)
[ -z "$missing" ] || { echo "systemd-nspawn can't run on this machine: $missing" >&2; exit 1; }
apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' |
  grep -v security | head -n 1 >mirror
[ -s mirror ]`;

/** Fetches the tools on first use; later calls find them. */
export async function fleetTools(): Promise<FleetTools> {
  const folder = await unpacked('tools', PACKAGES, { check: CHECK });
  return { folder, mirror: readFileSync(join(folder, 'mirror'), 'utf8').trim() };
}
