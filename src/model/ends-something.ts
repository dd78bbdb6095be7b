import type { RunEvent } from './event.ts';

const ENDS: ReadonlySet<RunEvent['type']> = new Set([
  'evidence',
  'step-ended',
  'step-settled',
  'host-finished',
  'run-interrupted',
  'run-finished',
]);

/** Pure: nothing is sent because of such an event. What is running when a store is full must still be able to leave its end. */
export const endsSomething = (type: RunEvent['type']): boolean => ENDS.has(type);
