import { randomBytes } from 'node:crypto';
import { ACTIONS } from '../app/actions.ts';
import { Broadcast } from '../app/broadcast.ts';
import type { Prepared } from '../app/prepare.ts';
import { run as runEngine, type RunEnd, type RunRequest } from '../app/run.ts';
import { startedBy } from '../app/started-by.ts';
import type { Surroundings } from '../app/surroundings.ts';
import { SYSTEM_CLOCK } from '../app/system-clock.ts';
import { openTransports } from '../app/transports.ts';
import { because } from '../app/trouble.ts';
import { createView, type View, type ViewKind } from '../app/views.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { Overrides } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import type { Store } from '../model/store.ts';
import type { Result } from '../util/result.ts';
import { renderDiagnostics } from './print-diagnostics.ts';
import { printTrouble } from './print-trouble.ts';
import type { RunOptions } from './options.ts';
import { listenToSignals } from './signals.ts';
import type { Terminal } from './terminal.ts';

/** What is to be done, all of it checked. */
export interface Work {
  readonly mode: 'run' | 'plan';
  readonly prepared: Prepared;
  readonly store: Store;
  readonly overrides: Overrides;
  /** A plan that was approved before. */
  readonly approved?: Plan;
  readonly approve: (plan: Plan, asking: Asking) => ReturnType<RunRequest['approve']>;
}

/** What is there for whoever has to approve. */
export interface Asking {
  readonly view: View;
  /** Aborted by the first signal. */
  readonly stop: AbortSignal;
  /** Who started the run. */
  readonly user: string;
}

/** Does it and shows it; the exit code. */
export async function carryOut(
  work: Work,
  options: RunOptions,
  here: Surroundings,
  terminal: Terminal,
): Promise<number> {
  const { mode, prepared, store, approved } = work;
  if (options.json !== true) printWarnings(prepared, terminal);
  const transportOf = await openTransports(prepared.hosts.map(({ host }) => host));
  const view = await createView(terminal, { kind: viewOf(options, terminal), verbose: options.verbose === true });
  const journal = new Broadcast(store, view.reporters);
  const signals = listenToSignals((line) => {
    if (options.json !== true) view.say(line);
  });
  const by = startedBy(here, options.reason ?? '', terminal.isInteractive ? 'person' : 'unattended');
  const request: RunRequest = {
    mode,
    forks: options.forks,
    startedBy: by,
    overrides: work.overrides,
    stop: signals.stop,
    kill: signals.kill,
    ...(options.maxRisk !== undefined && { maxRisk: options.maxRisk }),
    ...(approved !== undefined && { approved }),
    approve: (plan) => work.approve(plan, { view, stop: signals.stop, user: by.user }),
  };
  let ended: Result<RunEnd, ErrorInfo>;
  try {
    ended = await runEngine(prepared, request, {
      actions: ACTIONS,
      journal,
      attempts: (query) => store.attempts(query),
      transportOf,
      clock: SYSTEM_CLOCK,
      randomBytes,
    });
  } finally {
    signals.release();
    await journal.close();
  }
  if (!ended.ok) return printTrouble(because(ended.error), terminal, options.json === true);
  const { plan, finished } = ended.value;
  terminal.out.print(view.result(plan, finished, mode));
  return finished.exitCode;
}

function viewOf({ json, quiet, verbose }: RunOptions, { err, environment }: Terminal): ViewKind {
  if (json === true) return 'json';
  if (quiet === true) return 'quiet';
  const canRedraw = err.stream.isTTY && environment['TERM'] !== 'dumb';
  return canRedraw && verbose !== true ? 'live' : 'lines';
}

function printWarnings({ warnings, sources }: Prepared, { err }: Terminal): void {
  if (warnings.length === 0) return;
  err.print(`${renderDiagnostics(warnings, sources, { style: err.style, columns: err.columns() })}\n`);
}
