export type Interrupt = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

/** Why a host was not started when the run was interrupted. */
export const INTERRUPTED = 'interrupted before the first change';

/** The name of the signal that `stop` was aborted with. */
export function signalOf(stop: AbortSignal): Interrupt {
  const reason: unknown = stop.reason;
  return reason === 'SIGTERM' || reason === 'SIGHUP' ? reason : 'SIGINT';
}
