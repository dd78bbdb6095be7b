import type { ErrorInfo } from '../model/error.ts';
import { StoreFailed } from './record/recorder.ts';

/** The wall around one host: a bug is this host's affair alone. A failed record is everybody's, and goes on. */
export function internalError(bug: unknown): ErrorInfo {
  if (bug instanceof StoreFailed) throw bug;
  const text = bug instanceof Error ? (bug.stack ?? bug.message) : String(bug);
  return { code: 'internal', message: `an error in runbook itself: ${text}`, hint: 'Please report it with this text.' };
}
