import { join } from 'node:path';
import { cacheFolder } from './cache.ts';
import { script } from './shell.ts';

// Built aside and renamed, under a lock that the kernel frees: an interrupted download is never used.
const FETCH = `
mkdir -p "$(dirname "$TARGET")"
exec 9>"$TARGET.lock"; flock 9
[ ! -d "$TARGET" ] || exit 0
rm -rf "$TARGET.part"; mkdir "$TARGET.part"; cd "$TARGET.part"
apt-get download -q $PACKAGES >&2 || { apt-get update -q >&2; apt-get download -q $PACKAGES >&2; }
for package in *.deb; do dpkg -x "$package" .; done
rm ./*.deb
mv "$TARGET.part" "$TARGET"
`;

/** Folder of the cache with the files of these Debian packages: nothing is installed, and none of their scripts has run. */
export async function unpacked(name: string, packages: readonly string[]): Promise<string> {
  const folder = join(cacheFolder(), name);
  await script(FETCH, { TARGET: folder, PACKAGES: packages.join(' ') }, 300_000);
  return folder;
}
