/** A signal, or that changes were forbidden meanwhile. */
export type Interrupt = 'SIGHUP' | 'SIGINT' | 'SIGTERM' | 'freeze';

/** Why a host was not started when the run was interrupted. */
export const INTERRUPTED = 'interrupted before the first change';

/** What `stop` was aborted with. */
export function signalOf(stop: AbortSignal): Interrupt {
  const reason: unknown = stop.reason;
  return reason === 'SIGTERM' || reason === 'SIGHUP' || reason === 'freeze' ? reason : 'SIGINT';
}
