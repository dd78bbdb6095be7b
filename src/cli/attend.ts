import { randomBytes } from 'node:crypto';
import { ACTIONS } from '../app/actions.ts';
import { Broadcast } from '../app/broadcast.ts';
import type { Prepared } from '../app/prepare.ts';
import type { RunParts, RunRequest } from '../app/run.ts';
import { thisProcess } from '../app/process-id.ts';
import { startedBy } from '../app/started-by.ts';
import type { Surroundings } from '../app/surroundings.ts';
import { SYSTEM_CLOCK } from '../app/system-clock.ts';
import { openTransports } from '../app/transports.ts';
import { createView, type View, type ViewKind } from '../app/views.ts';
import type { Reporter } from '../model/reporter.ts';
import type { Store } from '../model/store.ts';
import type { RunOptions } from './options.ts';
import { renderDiagnostics } from './print-diagnostics.ts';
import { listenToSignals } from './signals.ts';
import type { Terminal } from './terminal.ts';

type ViewOptions = Pick<RunOptions, 'json' | 'quiet' | 'verbose' | 'forks' | 'lockWait' | 'reason'>;

/** What the engine is driven with. */
export interface Attended {
  readonly view: View;
  readonly parts: RunParts;
  readonly request: Pick<RunRequest, 'forks' | 'lockWaitMs' | 'startedBy' | 'process' | 'stop' | 'kill'>;
}

export interface Attending {
  readonly prepared: Prepared;
  readonly store: Store;
  readonly options: ViewOptions;
  /** Beside those of the view. */
  readonly reporters?: readonly Reporter[];
}

/** Runs the engine before the eyes of whoever started it: progress, signals, record. All is shown when it resolves. */
export async function attend<T>(
  { prepared, store, options, reporters = [] }: Attending,
  here: Surroundings,
  terminal: Terminal,
  engine: (attended: Attended) => Promise<T>,
): Promise<{ readonly ended: T; readonly view: View }> {
  if (options.json !== true) printWarnings(prepared, terminal);
  const transportOf = await openTransports([...prepared.hosts, ...prepared.delegates].map(({ host }) => host));
  const view = await createView(terminal, { kind: viewOf(options, terminal), verbose: options.verbose === true });
  const journal = new Broadcast(store, [...view.reporters, ...reporters]);
  const signals = listenToSignals((line) => {
    if (options.json !== true) view.say(line);
  });
  const by = startedBy(here, options.reason ?? '', terminal.isInteractive ? 'person' : 'unattended');
  const parts: RunParts = {
    actions: ACTIONS,
    journal,
    attempts: (query) => store.attempts(query),
    transportOf,
    clock: SYSTEM_CLOCK,
    randomBytes,
  };
  try {
    return {
      ended: await engine({
        view,
        parts,
        request: {
          forks: options.forks,
          ...(options.lockWait !== undefined && { lockWaitMs: options.lockWait }),
          startedBy: by,
          process: thisProcess(),
          stop: signals.stop,
          kill: signals.kill,
        },
      }),
      view,
    };
  } finally {
    signals.release();
    await journal.close();
  }
}

function viewOf({ json, quiet, verbose }: ViewOptions, { err, environment }: Terminal): ViewKind {
  if (json === true) return 'json';
  if (quiet === true) return 'quiet';
  const canRedraw = err.stream.isTTY && environment['TERM'] !== 'dumb';
  return canRedraw && verbose !== true ? 'live' : 'lines';
}

function printWarnings({ warnings, sources }: Prepared, { err }: Terminal): void {
  if (warnings.length === 0) return;
  err.print(`${renderDiagnostics(warnings, sources, { style: err.style, columns: err.columns() })}\n`);
}
