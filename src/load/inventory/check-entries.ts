import type { Diagnostic } from '../../model/source.ts';
import { aboutFile } from '../read-file.ts';
import { rangeOf, type InventoryEntries } from './entries.ts';
import { depthsOf } from './group-tree.ts';
import { MOST_HOSTS } from './sources/host-range.ts';
import type { Notes } from './notes.ts';

/** Why all sources together are no inventory. It is told of the first one. */
export function checkEntries(
  { hosts, groups }: InventoryEntries,
  [first = '']: readonly string[],
): Diagnostic | undefined {
  if (hosts.size === 0) {
    return aboutFile(first, { code: 'E_EMPTY', message: 'the inventory has no host', hint: 'write one: web01' });
  }
  if (hosts.size > MOST_HOSTS)
    return aboutFile(first, { code: 'E_SIZE', message: `more than ${MOST_HOSTS} hosts`, hint: 'give fewer sources' });
  if ([...depthsOf(groups).values()].every((depth) => depth <= MOST_LEVELS)) return undefined;
  const message = `more than ${MOST_LEVELS} groups, one in another`;
  return aboutFile(first, { code: 'E_SIZE', message, hint: 'put hosts into the outer ones' });
}

/** Of groups: the hosts of each are gathered from all that are in it. */
const MOST_LEVELS = 100;

/** Ansible gives the variables of such a host to the group. */
export function warnOfSameNames({ groups, hosts }: InventoryEntries, notes: Notes): void {
  for (const [name, { where }] of hosts) {
    if (!groups.has(name)) continue;
    const message = `${name} is both a host and a group; variables of the host go to the group, as in Ansible`;
    notes.warn('W_SAME_NAME', rangeOf(where), message, 'give one of them another name');
  }
}
