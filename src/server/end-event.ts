import type { Settlement } from '../model/occurrence.ts';
import type { OccurrenceEnd, RunningOccurrence } from './run-occurrence.ts';
import type { ServeEvent } from './serve-event.ts';

/** What the log says of an end. `settlement`: what stands in the row; absent: nothing yet. */
export function endEvent(
  { runId, ...occurrence }: RunningOccurrence,
  ended: OccurrenceEnd,
  settlement: Settlement | undefined,
): ServeEvent {
  switch (ended.kind) {
    case 'failed': {
      const { note = '', exitCode = 1 } = settlement ?? {};
      return { level: 'error', type: 'failed', message: `no run could begin: ${note}`, occurrence, exitCode };
    }
    case 'left':
      return { level: 'error', type: 'left', message: ended.error.message, occurrence, runId };
    case 'ended':
    case 'interrupted': {
      const { exitCode, counts } = ended.end.finished;
      const isOpen = ended.kind === 'interrupted' && settlement === undefined;
      const hosts = Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
      const goesOn = isOpen ? ', to be gone on with' : '';
      const message = `${ended.kind} with exit code ${exitCode}${goesOn}: ${hosts.join(', ')}`;
      const level = exitCode === 0 ? 'info' : 'warning';
      return { level, type: ended.kind, message, occurrence, runId, exitCode };
    }
  }
}
