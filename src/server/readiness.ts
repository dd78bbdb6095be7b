import { roughDuration } from '../util/rough-duration.ts';
import type { ServeStatus } from './status.ts';

/** The loop turns at least each minute: one that has not for so long hangs. */
const MOST_SINCE_TURN_MS = 3 * 60_000;

/** Why it is not alive, one line each: whoever watches it ends it and starts it anew. Empty: it is. */
export function whyNotAlive({ sinceTurnMs }: ServeStatus): readonly string[] {
  if (sinceTurnMs <= MOST_SINCE_TURN_MS) return [];
  return [`its loop has not turned for ${roughDuration(sinceTurnMs)}: restart it`];
}

/** Why schedules may not be carried out as they are written, one line each. Empty: they are. */
export function whyNotReady(status: ServeStatus): readonly string[] {
  const { storeFault, reloadError, stopping } = status;
  return [
    ...whyNotAlive(status),
    ...(stopping ? ['it was told to end, and starts nothing new'] : []),
    ...(storeFault === undefined ? [] : [`the store cannot be written: ${storeFault}`]),
    ...(reloadError === undefined
      ? []
      : [`the configuration was read again and is wrong; the one before it holds: ${reloadError}`]),
  ];
}
