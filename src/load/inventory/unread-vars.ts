import { join, resolve } from 'node:path';
import type { Diagnostic } from '../../model/source.ts';
import { aboutFile } from '../read-file.ts';
import type { InventoryFiles } from './files.ts';

/**
 * Warns of variables in the folder where we were started that no source has beside it (`folders`): Ansible reads them, there for
 * the sake of the playbooks.
 */
export function warnOfUnreadVars(
  here: string,
  folders: readonly string[],
  files: InventoryFiles,
): readonly Diagnostic[] {
  if (folders.some((folder) => resolve(here, folder) === resolve(here))) return [];
  const unread = ['group_vars', 'host_vars'].filter((name) => files.kindOf(join(here, name)) === 'directory');
  return unread.map((name) => {
    const message = `${name} of the current folder is not read: it lies beside no source of the inventory`;
    const hint = `Ansible reads it for playbooks that lie here; move it beside the inventory, or link it there`;
    return { ...aboutFile(name, { code: 'W_NOT_READ', message, hint }), severity: 'warning' };
  });
}
