import type { LimitReached } from '../../model/event.ts';
import type { Plan } from '../../model/plan.ts';
import { count } from '../../util/count.ts';

/** Pure: why no host is started when so many of `hosts` cannot be reached, some of them only since the survey; undefined: it allows them. */
export function tooManyLost(
  unreached: number,
  hosts: number,
  { maxUnreachable }: Pick<Plan, 'maxUnreachable'>,
): Omit<LimitReached, 'type'> | undefined {
  if (unreached <= maxUnreachable) return undefined;
  const reason = `${unreached} of ${count(hosts, 'host')} cannot be reached any more; max_unreachable allows ${maxUnreachable}`;
  return { limit: 'max_unreachable', reason, hint: 'Is it the network of this machine?' };
}
