import { isImage } from './file-system.ts';
import { unescapeMount } from './mount-table.ts';

/** By the place where it is mounted, what fstab(5) wants of it. Swap, and lines that are no entries, are left out. */
export function readFstab(lines: readonly string[]): ReadonlyMap<string, { readonly readOnly: boolean }> {
  const entries = new Map<string, { readonly readOnly: boolean }>();
  for (const line of lines) {
    const [device = '', place = '', fsType = '', options = 'defaults'] = line.trim().split(/[ \t]+/);
    if (device === '' || device.startsWith('#') || !place.startsWith('/')) continue;
    const mount = unescapeMount(place).replace(/(?<=[^/]|^\/)\/+$/, '');
    entries.set(mount, { readOnly: fsType.split(',').every(isImage) || options.split(',').includes('ro') });
  }
  return entries;
}
