import type { StepEnded, StepIntended, StepSettled } from '../../model/step-event.ts';
import type { FindingReport, StepResult } from '../../model/result.ts';

/** What the record has of one item of a step, or of a step without a loop. */
export interface PastItem {
  readonly step: string;
  /** As `lapOf` says. */
  readonly lap: string;
  /** What expressions saw of the diagnosis then. */
  readonly seen: Seen;
  /** Each time it was sent, in order; empty when it ended without that. */
  readonly attempts: readonly PastAttempt[];
  readonly unsent?: StepEnded;
}

/** `intent`: absent of what only reads. `end`: the last one that is recorded. */
export interface PastAttempt {
  readonly intent?: StepIntended;
  readonly end?: StepEnded;
  /** The host was asked what became of it. */
  readonly settled?: StepSettled['state'];
}

/** A diagnosis as it is recorded: what every expression sees until the next one. */
export interface Seen {
  readonly steps: ReadonlyMap<string, StepResult>;
  readonly reports: readonly FindingReport[];
}

/** Pure: it may have begun, and nobody was told how it ended: its host must be asked. */
export function isUnclear({ intent, end }: PastAttempt): boolean {
  if (intent === undefined) return false;
  return end === undefined || (end.status === 'unknown' && end.reason !== undefined && CUT_OFF.has(end.reason));
}

/** Pure: the items without what is to be done again: what was cut off before it began, and what only read. */
export function withoutUnfinished(items: readonly PastItem[]): readonly PastItem[] {
  return items.flatMap((item) => {
    if (item.unsent !== undefined) return wasCutShort(item.unsent) ? [] : [item];
    const attempts = item.attempts.filter((attempt) => !isToRepeat(attempt));
    const last = attempts.at(-1);
    const isReadOnly = attempts.every(({ intent }) => intent === undefined);
    return last === undefined || (isReadOnly && last.end?.again === true) ? [] : [{ ...item, attempts }];
  });
}

/** Pure: is what follows another attempt at the same item? */
export function isFollowed({ attempts }: PastItem): boolean {
  const last = attempts.at(-1);
  if (last === undefined) return false;
  const neverBegan = last.end?.status === 'failed' && last.end.notStarted === true;
  return last.end?.again === true || neverBegan || isToRepeat(last);
}

/** Pure: how a step ended, as expressions see it. */
export function resultOf({ status, error, reason, output }: StepEnded): StepResult {
  return {
    status,
    error,
    ...(reason !== undefined && { reason }),
    ...(output !== undefined && { output }),
  };
}

const CUT_OFF = new Set<StepEnded['reason']>(['lost', 'timeout', 'cancelled']);

/** By an interrupt, or with the connection. */
const wasCutShort = ({ reason }: StepEnded): boolean => reason === 'cancelled' || reason === 'lost';

function isToRepeat({ intent, end, settled }: PastAttempt): boolean {
  if (intent === undefined) return end === undefined || wasCutShort(end);
  if (end?.status !== 'failed' || end.notStarted !== true) return false;
  return settled === 'not-started' || wasCutShort(end);
}
