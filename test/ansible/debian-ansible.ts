import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../fleet/cache.ts';
import { script } from '../fleet/shell.ts';

/** Debian's package and what it needs. */
const PACKAGES =
  'ansible-core python3-jinja2 python3-yaml python3-packaging python3-resolvelib python3-cryptography python3-markupsafe python3-cffi-backend';

// Built aside and renamed, under a lock that the kernel frees: an interrupted build is never used.
const FETCH = `
mkdir -p "$(dirname "$TARGET")"
exec 9>"$TARGET.lock"; flock 9
[ ! -d "$TARGET" ] || exit 0
rm -rf "$TARGET.part"; mkdir "$TARGET.part"; cd "$TARGET.part"
apt-get download -q $PACKAGES >&2 || { apt-get update -q >&2; apt-get download -q $PACKAGES >&2; }
for package in *.deb; do dpkg -x "$package" .; done
rm ./*.deb
PYTHONPATH="$TARGET.part/usr/lib/python3/dist-packages" ANSIBLE_CONFIG="$CONFIG" "$PYTHON" -S -c '
import ansible.cli.inventory, yaml, sys
from ansible.parsing.vault import HAS_CRYPTOGRAPHY
sys.exit(not HAS_CRYPTOGRAPHY)' >&2
mv "$TARGET.part" "$TARGET"
`;

const PYTHON = '/usr/bin/python3';
const TRIED_FOR_MS = 180_000;

/** Ansible of one version, unpacked. Nothing is installed on this machine. */
export interface Ansible {
  readonly python: string;
  /** For PYTHONPATH. */
  readonly modules: string;
}

export const ANSIBLE_CONFIG = join(import.meta.dirname, 'ansible.cfg');

/** Debian's Ansible, fetched into the cache on first use, or why it can't be had here. */
export async function debianAnsible(): Promise<Ansible | { readonly missing: string }> {
  if (!existsSync('/etc/debian_version')) return { missing: "Ansible comes from Debian's package; this is no Debian" };
  if (!existsSync(PYTHON)) return { missing: `this machine has no ${PYTHON}` };
  const folder = join(cacheFolder(), 'ansible');
  try {
    await script(FETCH, { TARGET: folder, PACKAGES, PYTHON, CONFIG: ANSIBLE_CONFIG }, TRIED_FOR_MS);
  } catch (error) {
    return { missing: `Debian's package of Ansible cannot be had: ${String(error).trim().split('\n').at(-1) ?? ''}` };
  }
  return { python: PYTHON, modules: join(folder, 'usr/lib/python3/dist-packages') };
}
