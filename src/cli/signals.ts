/** What a run is told of the signals that this process gets. */
export interface Signals {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, with its name as the reason: nothing new is started. */
  readonly stop: AbortSignal;
  /** Aborted by the second: what runs is ended too. */
  readonly kill: AbortSignal;
  /** From here on signals end the process again, as they do by default. */
  release(): void;
}

const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function listenToSignals(say: (line: string) => void): Signals {
  const stop = new AbortController();
  const kill = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (!stop.signal.aborted) {
      say(`${name}: nothing new starts, running steps are awaited; once more ends them too`);
      stop.abort(name);
    } else if (!kill.signal.aborted) {
      say(`${name} again: running steps are ended; a host where that cannot be proven ends unknown`);
      kill.abort(name);
    }
  };
  for (const name of NAMES) process.on(name, onSignal);
  return {
    stop: stop.signal,
    kill: kill.signal,
    release: () => {
      for (const name of NAMES) process.off(name, onSignal);
    },
  };
}
