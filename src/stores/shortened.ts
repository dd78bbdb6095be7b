import type { RunEvent } from '../model/event.ts';

const MOST_CHARACTERS = 4096;

/** Pure: the event with less printed text, so that a reserve holds many; its size and hash stay those of all. */
export function shortened(event: RunEvent): RunEvent {
  if (event.type !== 'evidence' || event.output.text.length <= MOST_CHARACTERS) return event;
  const { text } = event.output;
  const half = MOST_CHARACTERS / 2;
  const gap = `[... ${text.length - MOST_CHARACTERS} characters left out: the disk of the store is full ...]`;
  const kept = `${text.slice(0, half)}\n${gap}\n${text.slice(-half)}`.toWellFormed();
  return { ...event, output: { ...event.output, text: kept, truncated: true } };
}
