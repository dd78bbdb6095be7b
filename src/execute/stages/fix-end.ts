import type { HostRun } from '../host-run.ts';
import { INTERRUPTED } from '../interrupt.ts';
import type { StageEnd } from '../lifecycle.ts';
import { mayHaveChanged } from '../steps/sent-step.ts';

export type FixEnd = StageEnd<'fix'>;

/**
 * The connection broke under a read: what was sent before is the last that is known. When it was the one to a delegate, the host itself
 * can still be brought back.
 */
export function fixLost(host: HostRun, reason: string): FixEnd {
  if (host.sent.length === 0) return { end: 'not-sent', reason };
  return { end: host.own.isLost ? 'unknown' : 'failed', reason };
}

export function fixInterrupted(host: HostRun): FixEnd {
  if (host.sent.length === 0 && host.past === undefined) return { end: 'not-begun', reason: INTERRUPTED };
  return { end: 'interrupted', reason: interruptedAfter(host) };
}

export function interruptedAfter(host: HostRun): string {
  const names = host.sent.filter(mayHaveChanged).map(({ name }) => name);
  return names.length === 0 ? 'interrupted; nothing was changed' : `interrupted; not undone: ${names.join(', ')}`;
}
