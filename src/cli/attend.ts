import { randomBytes } from 'node:crypto';
import { ACTIONS } from '../app/actions.ts';
import { Broadcast } from '../app/broadcast.ts';
import { findFreeze, freezeFiles, freezeText, type Freeze } from '../app/freeze.ts';
import { watchFreeze } from '../app/freeze-watch.ts';
import type { Prepared } from '../app/prepare.ts';
import type { RunParts, RunRequest } from '../app/run.ts';
import { thisProcess } from '../app/process-id.ts';
import { startedBy } from '../app/started-by.ts';
import type { Site } from '../app/surroundings.ts';
import { SYSTEM_CLOCK } from '../app/system-clock.ts';
import { openTransports } from '../app/transports.ts';
import { createView, type View, type ViewKind } from '../app/views.ts';
import { DEFAULT_FORKS } from '../model/configuration.ts';
import type { Trigger } from '../model/policy.ts';
import type { Reporter } from '../model/reporter.ts';
import type { Store } from '../model/store.ts';
import type { RunOptions } from './options.ts';
import { renderDiagnostics } from './print-diagnostics.ts';
import { listenToSignals, STOPPING } from './signals.ts';
import type { Terminal } from './terminal.ts';

type ViewOptions = Pick<RunOptions, 'json' | 'quiet' | 'verbose' | 'forks' | 'lockWait' | 'reason' | 'onSchedule'>;

/** What the engine is driven with. */
export interface Attended {
  readonly view: View;
  readonly parts: RunParts;
  readonly request: Pick<RunRequest, 'frozen' | 'forks' | 'lockWaitMs' | 'startedBy' | 'process' | 'stop' | 'kill'>;
}

export interface Attending {
  readonly prepared: Prepared;
  readonly store: Store;
  readonly options: ViewOptions;
  /** It changes nothing: a freeze is told, and does not stop it. */
  readonly onlyReads?: boolean;
  /** Where nobody watches it is silent until its end, and then says what needs somebody. */
  readonly mayMail?: boolean;
  /** Beside those of the view. */
  readonly reporters?: readonly Reporter[];
}

/** Runs the engine before the eyes of whoever started it: progress, signals, record. All is shown when it resolves. */
export async function attend<T>(
  { prepared, store, options, onlyReads = false, mayMail = false, reporters = [] }: Attending,
  here: Site,
  terminal: Terminal,
  engine: (attended: Attended) => Promise<T>,
): Promise<{ readonly ended: T; readonly view: View }> {
  const kind = viewKind(options, terminal, mayMail);
  const view = await createView(terminal, { kind, verbose: options.verbose === true });
  if (kind !== 'json' && !view.isMail) printWarnings(prepared, terminal);
  const transportOf = await openTransports([...prepared.hosts, ...prepared.delegates].map(({ host }) => host));
  const journal = new Broadcast(store, [...view.reporters, ...reporters]);
  const say = (line: string): void => {
    if (kind !== 'json') view.say(line);
  };
  // The view of lines has the first one as an event.
  const signals = listenToSignals((signal, line) => {
    if (signal === 'second' || kind !== 'lines') say(line);
  });
  const look = (): Promise<Freeze | undefined> => findFreeze(freezeFiles(here), SYSTEM_CLOCK.now());
  const frozen = await look();
  if (frozen !== undefined) say(`${freezeText(frozen)}${onlyReads ? '' : '; nothing is changed'}`);
  const endWatch = await watchFreeze(look, (freeze) => {
    say(kind === 'lines' || onlyReads ? freezeText(freeze) : `${freezeText(freeze)}; ${STOPPING}`);
    if (!onlyReads) signals.stopFor('freeze');
  });
  const { configuration } = here;
  const lockWaitMs = options.lockWait ?? configuration.lockWaitMs?.value;
  const by = startedBy(here, reasonOf(options), triggerOf(options, terminal));
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
          forks: options.forks ?? configuration.forks?.value ?? DEFAULT_FORKS,
          ...(lockWaitMs !== undefined && { lockWaitMs }),
          startedBy: onlyReads && options.onSchedule !== undefined ? { ...by, shadow: true } : by,
          process: thisProcess(),
          frozen: async () => {
            const freeze = await look();
            return freeze === undefined ? undefined : freezeText(freeze);
          },
          stop: signals.stop,
          kill: signals.kill,
        },
      }),
      view,
    };
  } finally {
    endWatch();
    // What is still written is not cut off by a signal that came too late to change anything.
    await journal.close();
    signals.release();
  }
}

/** How a run is shown. `mayMail`: see `Attending`. */
export const viewKind = (options: ViewOptions, terminal: Terminal, mayMail: boolean): ViewKind =>
  mayMail && !terminal.isWatched ? mailOf(options) : viewOf(options, terminal);

/** Who types the words of a unit at a terminal is a person all the same: no option sets aside a rule for those. */
function triggerOf({ onSchedule }: ViewOptions, { isInteractive }: Terminal): Trigger {
  if (isInteractive) return 'person';
  return onSchedule === undefined ? 'unattended' : 'schedule';
}

const reasonOf = ({ reason, onSchedule }: ViewOptions): string =>
  reason ?? (onSchedule === undefined ? '' : `schedule ${onSchedule}`);

function mailOf({ json, quiet, verbose }: ViewOptions): ViewKind {
  if (json === true) return 'json';
  if (verbose === true) return 'lines';
  return quiet === true ? 'errors' : 'mail';
}

function viewOf({ json, quiet, verbose }: ViewOptions, { err, environment }: Terminal): ViewKind {
  if (json === true) return 'json';
  if (quiet === true) return 'quiet';
  const canRedraw = err.stream.isTTY && environment['TERM'] !== 'dumb';
  return canRedraw && verbose !== true ? 'live' : 'lines';
}

export function printWarnings({ warnings, sources }: Prepared, { err }: Terminal): void {
  if (warnings.length === 0) return;
  err.print(`${renderDiagnostics(warnings, sources, { style: err.style, columns: err.columns() })}\n`);
}
