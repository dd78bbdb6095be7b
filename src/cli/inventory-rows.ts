import type { InventoryHost } from '../model/host.ts';
import { widthOf } from '../util/printable.ts';
import { reachOf } from './inventory-text.ts';

/**
 * The name, the way and the groups of each host. Where so many columns would show long names twice, and no groups, an address that is
 * the name is not written again.
 */
export function inventoryRows(hosts: readonly InventoryHost[], columns: number): readonly (readonly string[])[] {
  const whole = hosts.map((host) => row(host, host));
  const width = (index: number): number => Math.max(...whole.map((cells) => widthOf(cells[index] ?? '')));
  if (width(0) + width(1) + LEAST_FOR_GROUPS <= columns) return whole;
  return hosts.map((host) => row(host, host.address === host.name ? { ...host, address: '(its name)' } : host));
}

const LEAST_FOR_GROUPS = 20;

const row = (host: InventoryHost, shown: InventoryHost): readonly string[] => [
  host.name,
  host.problems.some(({ severity }) => severity === 'error') ? '(see below)' : reachOf(shown),
  host.groups.join(' '),
];
