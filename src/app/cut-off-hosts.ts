import type { RunEvent } from '../model/event.ts';

/** Pure: hosts of a run on which the last fix step that was sent was ended in the middle by an interrupt, in the order of these. */
export function cutOffHosts(events: Iterable<RunEvent>): readonly string[] {
  const cutOff = new Set<string>();
  for (const event of events) {
    if (event.type === 'step-intended' || (event.type === 'host-finished' && event.interrupted !== true))
      cutOff.delete(event.host);
    else if (event.type === 'step-ended' && event.phase === 'fix' && event.cutOff === true) {
      if (event.status === 'failed' && event.reason === 'cancelled') cutOff.add(event.host);
    }
  }
  return [...cutOff];
}
