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
sh -euc "$CHECK" >&2
mv "$TARGET.part" "$TARGET"
`;

export interface UnpackedOptions {
  /** Shell that must succeed in the folder before it is used: it may have been the wrong packages. */
  readonly check?: string;
  /** In the environment of `check`. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Folder of the cache with the files of these Debian packages: nothing is installed, and none of their scripts has run. */
export async function unpacked(
  name: string,
  packages: readonly string[],
  { check = '', variables = {} }: UnpackedOptions = {},
): Promise<string> {
  const folder = join(cacheFolder(), name);
  await script(FETCH, { ...variables, TARGET: folder, PACKAGES: packages.join(' '), CHECK: check }, 300_000);
  return folder;
}
