import type { ExecOrder } from '../model/exec.ts';
import type { Limits } from '../model/runbook.ts';
import { batchesOf } from './batches.ts';
import { roundedDown } from './share.ts';
import { LEAST_UNREACHABLE, whyTooFew } from './unreachable-hosts.ts';

/** Pure: the batches of those that were reached, of `all` that were chosen; none when too many were not. */
export function execOrder(
  { batches, maxFailures, maxUnreachable }: Limits,
  all: number,
  { reached, unreachable }: { readonly reached: readonly string[]; readonly unreachable: readonly string[] },
): ExecOrder {
  const stop = whyTooFew(unreachable, all, roundedDown(maxUnreachable, all, LEAST_UNREACHABLE));
  return {
    batches: batchesOf(batches, reached),
    maxFailures: roundedDown(maxFailures, all, 1),
    ...(stop !== undefined && { stop }),
  };
}
