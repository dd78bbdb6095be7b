import type { Prepared } from '../app/prepare.ts';
import { run as runEngine, type RunRequest } from '../app/run.ts';
import type { Site } from '../app/surroundings.ts';
import { because } from '../app/trouble.ts';
import type { View } from '../app/views.ts';
import type { Overrides } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import type { SharedStore } from '../model/shared-store.ts';
import { attend, printWarnings } from './attend.ts';
import type { RunOptions } from './options.ts';
import { printTrouble } from './print-trouble.ts';
import { printWayOn } from './print-way-on.ts';
import { tellOfRun } from './tell.ts';
import type { WatchedOption } from './watch-run.ts';
import type { Terminal } from './terminal.ts';

/** What is to be done, all of it checked. */
export interface Work {
  readonly mode: 'run' | 'plan';
  readonly prepared: Prepared;
  readonly store: SharedStore;
  readonly overrides: Overrides;
  /** A plan that was approved before. */
  readonly approved?: Plan;
  /** What whoever reads the result has to know of before. */
  readonly note?: string | undefined;
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
  options: RunOptions & WatchedOption,
  here: Site,
  terminal: Terminal,
): Promise<number> {
  const { mode, prepared, store, approved } = work;
  const mayMail = mode === 'run' || options.onSchedule !== undefined;
  const notes = (): void => {
    if (work.note === undefined || options.json === true) return;
    terminal.err.print(`${terminal.err.style('warn', `note:  ${work.note}`)}\n`);
  };
  const { ended, view } = await attend(
    { prepared, store, options, onlyReads: mode === 'plan', mayMail },
    here,
    terminal,
    (attended) => {
      if (!attended.view.isMail) notes();
      const { stop, startedBy } = attended.request;
      const request: RunRequest = {
        ...attended.request,
        mode,
        overrides: work.overrides,
        ...(options.maxRisk !== undefined && { maxRisk: options.maxRisk }),
        ...(approved !== undefined && { approved }),
        approve: (plan) => work.approve(plan, { view: attended.view, stop, user: startedBy.user }),
      };
      return runEngine(prepared, request, attended.parts);
    },
  );
  if (!ended.ok) return printTrouble(because(ended.error), terminal, options.json === true);
  const { plan, finished } = ended.value;
  options.watched?.({ runbook: prepared.runbook.name, counts: finished.counts });
  const result = view.result(plan, finished, mode);
  terminal.out.print(result);
  if (view.isMail) {
    notes();
    if (result !== '') printWarnings(prepared, terminal);
  }
  printWayOn(plan.runId, store, options, terminal);
  await tellOfRun(plan.runId, prepared, store, options, here, terminal);
  return finished.exitCode;
}
