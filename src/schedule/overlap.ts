import type { Decision, Situation } from './decision.ts';

/** Of the occurrence that is queued: `halted` says why nothing may start, `isLate` that its grace is over. */
export interface Refusal {
  readonly halted?: string;
  readonly isLate: boolean;
}

/** What becomes of the newest occurrence, if one may start now, and of the one that is queued. */
export function settle(situation: Situation, newest: string | undefined, refusal: Refusal): readonly Decision[] {
  const { running, queued, isFull } = situation;
  if (newest === undefined) return settleQueued(situation, refusal);
  if (running !== undefined && situation.schedule.overlap === 'skip') {
    const skip = { kind: 'skip', why: 'the one before still runs', key: newest, count: 1, since: newest } as const;
    return [skip, ...settleQueued(situation, refusal)];
  }
  const replaced: readonly Decision[] =
    queued === undefined
      ? []
      : [{ kind: 'drop', key: queued.key, state: 'replaced', why: 'a newer one took its place in the queue' }];
  if (running === undefined && !isFull) return [...replaced, { kind: 'start', key: newest, wasQueued: false }];
  return [...replaced, { kind: 'queue', key: newest }, ...interruption(situation)];
}

function settleQueued(situation: Situation, { halted, isLate }: Refusal): readonly Decision[] {
  const { queued, running, isFull } = situation;
  if (queued === undefined) return [];
  const { key } = queued;
  if (halted !== undefined) return [{ kind: 'drop', key, state: 'skipped', why: halted }];
  if (queued.takenOver && isLate)
    return [{ kind: 'drop', key, state: 'missed', why: 'the process that it waited in has died' }];
  if (running !== undefined) return interruption(situation);
  if (!isFull) return [{ kind: 'start', key, wasQueued: true }];
  if (!isLate) return [];
  return [
    { kind: 'drop', key, state: 'skipped', why: 'as many runs as there may be at once went on for all of its grace' },
  ];
}

/** Once: a second one would end what runs at once. */
function interruption({ schedule, running }: Situation): readonly Decision[] {
  return running !== undefined && schedule.overlap === 'replace' && !running.interrupted ? [{ kind: 'interrupt' }] : [];
}
