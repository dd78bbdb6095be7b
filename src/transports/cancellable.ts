import type { ErrorInfo } from '../model/error.ts';
import { err, type Result } from '../util/result.ts';
import { within } from './shell/within.ts';
import { CANCELLED } from './unreached.ts';

/** What `work` gives, or at once that it was cancelled. What it gives later, nobody wants: `letGo` gets it. */
export async function cancellable<T, E extends ErrorInfo>(
  work: Promise<Result<T, E>>,
  letGo: (unwanted: T) => void,
  signal: AbortSignal,
): Promise<Result<T, E | ErrorInfo>> {
  const result = await within(work, signal);
  if (result !== undefined) return result;
  void work.then((late) => late.ok && letGo(late.value));
  return err(CANCELLED);
}
