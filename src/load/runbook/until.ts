import type { Until } from '../../model/runbook.ts';
import { readCondition } from '../conditions.ts';
import type { Place } from '../place.ts';
import { constantMilliseconds, readMilliseconds } from './durations.ts';
import { ownModifier, type RawStep } from './raw-step.ts';

const DEFAULT_RETRIES = 3;
const MAX_RETRIES = 1000;
const DEFAULT_DELAY_MS = 5000;
/** A host that was left alone for longer must be diagnosed anew before it is changed. */
const LONGEST_CHANGING_DELAY_MS = 60_000;

/** `until` with `retries` and `delay`. `judging`: where `result` is known. Undefined without it, and after reports. */
export function readUntil(
  raw: RawStep,
  { effect, idempotent }: { readonly effect: 'reads' | 'changes'; readonly idempotent: boolean },
  place: Place,
  judging: Place,
): Until | undefined {
  const { report } = place;
  const until = ownModifier(raw, 'until');
  if (until === undefined) {
    for (const key of ['retries', 'delay']) {
      const entry = ownModifier(raw, key);
      if (entry !== undefined)
        report.error('E_UNTIL', entry.key, `${key} without until: nothing says when to try again`, 'add until');
    }
    return undefined;
  }
  if (effect === 'changes' && !idempotent) {
    report.error(
      'E_UNTIL',
      until.key,
      'until repeats this step, which changes the host',
      'if it may be repeated, add idempotent: true; else wait in a step of its own that reads',
    );
  }
  const condition = readCondition(until.value, 'until', judging);
  const retries = readRetries(raw, place);
  const delay = ownModifier(raw, 'delay');
  const most = effect === 'changes' ? LONGEST_CHANGING_DELAY_MS : undefined;
  const delayMs =
    delay === undefined
      ? constantMilliseconds(DEFAULT_DELAY_MS, until.value.at, place)
      : readMilliseconds(delay.value, 'delay', { least: 0, ...(most !== undefined && { most }) }, place);
  if (condition === undefined || retries === undefined || delayMs === undefined) return undefined;
  return { condition, retries, delayMs };
}

function readRetries(raw: RawStep, { report }: Place): number | undefined {
  const node = ownModifier(raw, 'retries')?.value;
  if (node === undefined) return DEFAULT_RETRIES;
  // The structure check has said so.
  if (node.kind !== 'scalar' || typeof node.value !== 'number') return undefined;
  if (node.value >= 0 && node.value <= MAX_RETRIES) return node.value;
  report.error('E_RANGE', node.at, `retries must be from 0 to ${MAX_RETRIES}`, 'write how often it is tried again');
  return undefined;
}
