import { randomBytes } from 'node:crypto';
import { ACTIONS } from '../../app/actions.ts';
import { Broadcast } from '../../app/broadcast.ts';
import type { Prepared } from '../../app/prepare.ts';
import { run as runEngine, type RunEnd } from '../../app/run.ts';
import { startedBy } from '../../app/started-by.ts';
import { stateDirectory, surroundings, type Surroundings } from '../../app/surroundings.ts';
import { SYSTEM_CLOCK } from '../../app/system-clock.ts';
import { openTransports } from '../../app/transports.ts';
import { because } from '../../app/trouble.ts';
import { createView, type View, type ViewKind } from '../../app/views.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { Plan } from '../../model/plan.ts';
import type { Store } from '../../model/store.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { count } from '../../util/count.ts';
import type { Result } from '../../util/result.ts';
import { askYesNo } from '../ask.ts';
import { renderDiagnostics } from '../print-diagnostics.ts';
import { prepareRun } from '../prepare-run.ts';
import { printTrouble } from '../print-trouble.ts';
import type { RunOptions } from '../options.ts';
import { listenToSignals, type Signals } from '../signals.ts';
import type { Terminal } from '../terminal.ts';

type Mode = 'run' | 'plan';

/** `runbook run` and `runbook plan`. */
export async function run(mode: Mode, runbook: string, options: RunOptions, terminal: Terminal): Promise<number> {
  const here = surroundings(terminal.environment, terminal.directory);
  const json = options.json === true;
  const selection = { ...options, runbook, local: options.local === true, params: options.param ?? [] };
  const prepared = await prepareRun(selection, options.askBecomePass === true, here, terminal);
  if (!prepared.ok) return printTrouble(prepared.error, terminal, json);
  if (!json) printWarnings(prepared.value, terminal);

  const question = mode === 'run' && prepared.value.runbook.fix.length > 0 && options.yes !== true;
  if (question && !terminal.isInteractive) return printTrouble(because(NOBODY_TO_ASK), terminal, json);

  const store = openSqliteStore(stateDirectory(here));
  if (!store.ok) return printTrouble(because(store.error), terminal, json);
  try {
    return await runWith(store.value, mode, prepared.value, options, here, terminal);
  } finally {
    await store.value.close();
  }
}

const NOBODY_TO_ASK: ErrorInfo = {
  code: 'refused',
  message: 'a run must be approved, and nobody can be asked: there is no terminal',
  hint: 'add --yes to approve whatever the diagnosis finds to fix, or use runbook plan, which changes nothing',
};

async function runWith(
  store: Store,
  mode: Mode,
  prepared: Prepared,
  options: RunOptions,
  here: Surroundings,
  terminal: Terminal,
): Promise<number> {
  const transportOf = await openTransports(prepared.hosts.map(({ host }) => host));
  const view = await createView(terminal, { kind: viewOf(options, terminal), verbose: options.verbose === true });
  const journal = new Broadcast(store, view.reporters);
  const signals = listenToSignals((line) => {
    if (options.json !== true) view.say(line);
  });
  const by = startedBy(here, options.reason ?? '', terminal.isInteractive ? 'person' : 'unattended');
  const request = {
    mode,
    forks: options.forks,
    startedBy: by,
    stop: signals.stop,
    kill: signals.kill,
    approve: (plan: Plan) => approve(plan, options, by.user, view, signals, terminal),
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
  printResult(ended.value, mode, view, terminal);
  return ended.value.finished.exitCode;
}

function viewOf({ json, quiet, verbose }: RunOptions, { err, environment }: Terminal): ViewKind {
  if (json === true) return 'json';
  if (quiet === true) return 'quiet';
  const canRedraw = err.stream.isTTY && environment['TERM'] !== 'dumb';
  return canRedraw && verbose !== true ? 'live' : 'lines';
}

async function approve(
  plan: Plan,
  { yes }: RunOptions,
  user: string,
  view: View,
  signals: Signals,
  terminal: Terminal,
): Promise<{ readonly by: string; readonly how: 'yes-option' | 'answer' } | undefined> {
  if (yes === true) return { by: user, how: 'yes-option' };
  await view.ask(plan);
  const hosts = plan.hosts.filter((host) => host.outcome === 'needs-fix').length;
  const question = `Carry this out on ${count(hosts, 'host')}? Type yes or no: `;
  const isApproved = await askYesNo(terminal.err.style('strong', question), terminal, signals.stop);
  view.resume();
  return isApproved ? { by: user, how: 'answer' } : undefined;
}

function printResult({ plan, finished }: RunEnd, mode: Mode, view: View, { out }: Terminal): void {
  out.print(view.result(plan, finished, mode));
}

function printWarnings({ warnings, sources }: Prepared, { err }: Terminal): void {
  if (warnings.length === 0) return;
  err.print(`${renderDiagnostics(warnings, sources, { style: err.style, columns: err.columns() })}\n`);
}
