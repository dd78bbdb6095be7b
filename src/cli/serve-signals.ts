import type { ServeSignals } from '../server/serve.ts';

export interface ListenedSignals extends ServeSignals {
  /** From here on signals end the process again, as they do by default. */
  release(): void;
}

const ENDING = ['SIGINT', 'SIGTERM'] as const;

/** Hears the signals of a process that keeps watch. */
export function listenToServeSignals(): ListenedSignals {
  const stop = new AbortController();
  const kill = new AbortController();
  let reload = (): void => undefined;
  const onEnding = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted) kill.abort(name);
    else stop.abort(name);
  };
  const onReload = (): void => {
    reload();
  };
  for (const name of ENDING) process.on(name, onEnding);
  process.on('SIGHUP', onReload);
  return {
    stop: stop.signal,
    kill: kill.signal,
    onReload: (listener) => {
      reload = listener;
    },
    release: () => {
      for (const name of ENDING) process.off(name, onEnding);
      process.off('SIGHUP', onReload);
    },
  };
}
