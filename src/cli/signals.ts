/** What a run is told of the signals that this process gets. */
export interface Signals {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, with its name as the reason: nothing new is started. */
  readonly stop: AbortSignal;
  /** Aborted by the second, if that is no SIGHUP: what runs is ended too. */
  readonly kill: AbortSignal;
  /** Stops as the first signal does, for another reason. What comes next is the second. */
  stopFor(reason: string): void;
  /** From here on signals end the process again, as they do by default. */
  release(): void;
}

const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What is started no more, and what may come next. */
export const STOPPING = 'nothing new starts, running steps are awaited; once more ends them too';

/** `say` is given each signal with what it does. */
export function listenToSignals(say: (signal: 'first' | 'second', line: string) => void): Signals {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (!stop.signal.aborted) {
      say('first', `${name}: ${STOPPING}`);
      stop.abort(name);
    } else if (!kill.signal.aborted && name !== 'SIGHUP') {
      // Of a terminal that goes away the kernel and the shell each send one.
      say('second', `${name}: running steps are ended; a host where that cannot be proven ends unknown`);
      kill.abort(name);
    }
  };
  for (const name of NAMES) process.on(name, onSignal);
  return {
    stop: stop.signal,
    kill: kill.signal,
    stopFor: (reason) => {
      if (!stop.signal.aborted) stop.abort(reason);
    },
    release: () => {
      for (const name of NAMES) process.off(name, onSignal);
    },
  };
}
