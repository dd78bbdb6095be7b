import type { ProcessId } from '../model/event.ts';

/** Pure: the same text for the same process, to be compared in the store. */
export function processText({ machine, pid, startTime, bootId }: ProcessId): string {
  return JSON.stringify({ machine, pid, startTime, bootId });
}
