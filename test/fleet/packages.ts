import { join } from 'node:path';
import { cacheFolder } from './cache.ts';
import { script } from './shell.ts';

/** Programs that make hosts, unpacked into the cache: nothing is installed on this machine. */
export interface FleetTools {
  folder: string;
  /** Mirror that this machine's own apt uses. */
  mirror: string;
}

// Built aside and renamed, under a lock that the kernel frees: an interrupted build is never used.
const FETCH = `
mkdir -p "$(dirname "$TARGET")"
exec 9>"$TARGET.lock"; flock 9
[ ! -d "$TARGET" ] || exit 0
rm -rf "$TARGET.part"; mkdir "$TARGET.part"; cd "$TARGET.part"
apt-get update -q >&2 || true
apt-get download -q debootstrap systemd-container libsystemd-shared >&2
for package in *.deb; do dpkg -x "$package" .; done
rm ./*.deb
missing=$(LD_LIBRARY_PATH=$(echo "$TARGET.part"/usr/lib/*/systemd) ldd usr/bin/systemd-nspawn | grep 'not found' || true)
[ -z "$missing" ] || { echo "systemd-nspawn can't run on this machine: $missing" >&2; exit 1; }
apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' | grep -v security | head -n 1 >mirror
[ -s mirror ]
mv "$TARGET.part" "$TARGET"
`;

/** Fetches the tools on first use; later calls find them. */
export async function fleetTools(): Promise<FleetTools> {
  const folder = join(cacheFolder(), 'tools');
  await script(FETCH, { TARGET: folder }, 300_000);
  return { folder, mirror: await script('cat "$FOLDER/mirror"', { FOLDER: folder }) };
}
