import type { HostRun } from '../host-run.ts';
import { INTERRUPTED } from '../interrupt.ts';
import type { StageEnd } from '../lifecycle.ts';
import { mayHaveChanged } from '../steps/sent-step.ts';

export type FixEnd = StageEnd<'fix'>;

/** The connection broke under a read: what was sent before is the last that is known. */
export function fixLost(host: HostRun, reason: string): FixEnd {
  return { end: host.sent.length > 0 ? 'unknown' : 'not-sent', reason };
}

export function fixInterrupted(host: HostRun): FixEnd {
  if (host.sent.length === 0) return { end: 'not-begun', reason: INTERRUPTED };
  return { end: 'interrupted', reason: interruptedAfter(host) };
}

export function interruptedAfter(host: HostRun): string {
  const names = host.sent.filter(mayHaveChanged).map(({ name }) => name);
  return names.length === 0 ? 'interrupted; nothing was changed' : `interrupted; not undone: ${names.join(', ')}`;
}
