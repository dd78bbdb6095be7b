import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unpacked } from '../fleet/unpacked.ts';

/** Debian's package and what it needs. */
const PACKAGES = [
  ...['ansible-core', 'python3-jinja2', 'python3-yaml', 'python3-packaging', 'python3-resolvelib'],
  ...['python3-cryptography', 'python3-markupsafe', 'python3-cffi-backend'],
];

const CHECK = `
PYTHONPATH="$PWD/usr/lib/python3/dist-packages" ANSIBLE_CONFIG="$CONFIG" "$PYTHON" -S -c '
import ansible.cli.inventory, yaml, sys
from ansible.parsing.vault import HAS_CRYPTOGRAPHY
sys.exit(not HAS_CRYPTOGRAPHY)'
`;

const PYTHON = '/usr/bin/python3';

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
  let folder: string;
  try {
    folder = await unpacked('ansible', PACKAGES, { check: CHECK, variables: { PYTHON, CONFIG: ANSIBLE_CONFIG } });
  } catch (error) {
    return { missing: `Debian's package of Ansible cannot be had: ${String(error).trim().split('\n').at(-1) ?? ''}` };
  }
  return { python: PYTHON, modules: join(folder, 'usr/lib/python3/dist-packages') };
}
