import type { Share } from '../model/runbook.ts';

/** Pure: so many of `total` hosts, a percent rounded up. */
export function roundedUp(share: Share, total: number): number {
  return share.kind === 'hosts' ? share.hosts : Math.ceil((share.percent * total) / 100);
}

/** Pure: so many of `total` hosts, a percent rounded down, but never under `least`. */
export function roundedDown(share: Share, total: number, least: number): number {
  return share.kind === 'hosts' ? share.hosts : Math.max(least, Math.floor((share.percent * total) / 100));
}
