import { createHash } from 'node:crypto';
import type { RunEvent } from '../model/event.ts';

/** What is kept of an event: all but the printed text, which lies apart. */
export function bodyOf(event: RunEvent): string {
  return JSON.stringify(event.type === 'evidence' ? { ...event, output: { ...event.output, text: '' } } : event);
}

export const textOf = (event: RunEvent): string => (event.type === 'evidence' ? event.output.text : '');

/** Pure: each event's hash covers the one before it, back to the run's id, so that an edited or missing row shows. */
export function chainHash(before: string, body: string, text: string): string {
  return createHash('sha256').update(`${before}\n${body}\n${text}`).digest('hex');
}
