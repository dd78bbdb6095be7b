import type { ExpandedItem } from '../../model/expand-step.ts';
import { lapOf } from '../../model/loops.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import type { HostRun } from '../host-run.ts';
import type { StageEnd } from '../lifecycle.ts';
import { asCutOff, follow } from '../resume/follow.ts';
import { resultOf, type PastItem } from '../resume/past-item.ts';
import { OTHER, pastUnsent } from '../resume/past-work.ts';
import { keyOf } from '../steps/once.ts';
import { wasSent, type SentStep } from '../steps/sent-step.ts';

/** What a former session came to with an item of a fix step. `open`: it is to be sent (again), after these attempts. */
export type FollowedItem = { readonly result: StepResult } | { readonly open: SentStep };

/** Follows the record of a former session by one item. What was sent then can be undone as if it had been sent now. */
export async function followItem(host: HostRun, step: Step, item: ExpandedItem): Promise<FollowedItem> {
  const past = host.past?.fix.take(step, lapOf(item.scope)) ?? 'other';
  if (past === 'other') return { result: OTHER };
  if (past.unsent !== undefined) return { result: pastUnsent(past, past.unsent) };
  if (step.effect === 'reads') return followRead(past);

  const followed = await follow(host, step, item, past);
  const sent = host.past?.undoesUnclear === true ? asCutOff(followed) : followed;
  const once = step.once === true ? host.run.onces.get(keyOf(step, item.scope)) : undefined;
  if (followed.isOpen && host.past?.goesBack !== true) {
    once?.end(undefined);
    if (step.once === true) host.run.onces.drop(keyOf(step, item.scope));
    return { open: sent };
  }
  if (wasSent(sent)) host.sent.push(once === undefined ? sent : { ...sent, once });
  once?.end(sent.ended.result);
  return { result: sent.ended.result };
}

/** Where the record of the fix goes on and its steps do not, nothing can be said of the host. Undefined: all of it was come to. */
export function whatIsLeft(host: HostRun): StageEnd<'fix'> | undefined {
  return host.past?.fix.next === undefined ? undefined : { end: 'unknown', reason: OTHER.error };
}

function followRead({ attempts }: PastItem): FollowedItem {
  const end = attempts.at(-1)?.end;
  return { result: end === undefined ? OTHER : resultOf(end) };
}
