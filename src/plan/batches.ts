import type { Share } from '../model/runbook.ts';
import { roundedUp } from './share.ts';

/** Pure: the hosts in their order, cut into shares of all of them; the last share is repeated until every host has its batch. */
export function batchesOf(shares: readonly Share[], hosts: readonly string[]): readonly (readonly string[])[] {
  const batches: (readonly string[])[] = [];
  let taken = 0;
  while (taken < hosts.length) {
    const share = shares[Math.min(batches.length, shares.length - 1)];
    const size = share === undefined ? 1 : Math.max(1, roundedUp(share, hosts.length));
    batches.push(hosts.slice(taken, taken + size));
    taken += size;
  }
  return batches;
}
