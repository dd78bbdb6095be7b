import type { PlanStop } from '../model/plan.ts';
import { count } from '../util/count.ts';

/** A percent of few hosts would be none. */
export const LEAST_UNREACHABLE = 3;

/** Pure: why nothing may be changed though some hosts were reached: what was not may be what is down. */
export function whyTooFew(lost: readonly string[], all: number, allowed: number): PlanStop | undefined {
  const [first] = lost;
  if (first === undefined || lost.length <= allowed) return undefined;
  return {
    limit: 'max_unreachable',
    reason: `${lost.length} of ${count(all, 'host')} cannot be reached; max_unreachable allows ${allowed}`,
    hint: `Is it the network of this machine? Look at one of them: ${first}. Leave out what is known to be gone with --limit.`,
  };
}
