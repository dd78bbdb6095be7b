import type { StepEnded } from '../model/step-event.ts';
import { printableLine } from '../util/printable.ts';

/** ` on lb01` after what is carried out on another host; nothing otherwise. */
export function onText({ on }: { readonly on?: string }): string {
  return on === undefined ? '' : ` on ${printableLine(on)}`;
}

/** Of a step that another host carried out for the whole run. */
export function onceText({ onceBy = '', status, error }: Pick<StepEnded, 'onceBy' | 'status' | 'error'>): string {
  if (status === 'ok') return `carried out once, by ${printableLine(onceBy)}`;
  return `${status}: ${printableLine(error)}`;
}
