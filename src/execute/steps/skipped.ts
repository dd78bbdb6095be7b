import type { StepResult } from '../../model/result.ts';

/** Pure: the result of a step that there is no need to send, with the reason in words. */
export function skipped(why: string): StepResult {
  return { status: 'skipped', reason: 'condition', error: why };
}
