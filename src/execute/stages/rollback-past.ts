import type { ExpandedItem } from '../../model/expand-step.ts';
import { lapOf } from '../../model/loops.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import type { HostRun } from '../host-run.ts';
import { follow } from '../resume/follow.ts';
import { resultOf } from '../resume/past-item.ts';
import type { StepEnd } from '../steps/judge.ts';
import type { SentStep } from '../steps/sent-step.ts';

/** How an item of a rollback ended in a former session; or what that sent of it, when it is to be sent now. */
export type FollowedBack = { readonly result: StepResult } | { readonly former: readonly StepEnd[] };

/** Takes what a former session did about an item of a rollback. What has no known end is asked of its host. */
export async function followBack(host: HostRun, step: Step, item: ExpandedItem): Promise<FollowedBack> {
  const past = host.past?.rollback.take(step, lapOf(item.scope));
  if (past === undefined || past === 'other') return { former: [] };
  if (past.unsent !== undefined) return { result: resultOf(past.unsent) };
  const read = step.effect === 'reads' ? past.attempts.at(-1)?.end : undefined;
  if (read !== undefined) return { result: resultOf(read) };
  const { isOpen, ended, attempts } = await follow(host, step, item, past);
  return isOpen ? { former: attempts } : { result: ended.result };
}

/** Why a former session left a step as it is; undefined: it did not, or there was none. */
export function whyLeft(host: HostRun, { step, scope }: SentStep): string | undefined {
  const past = host.past?.rollback.peek(step, lapOf(scope))?.unsent;
  return past?.status === 'skipped' ? past.error : undefined;
}
