import { prepare } from '../../app/prepare.ts';
import { stateDirectory } from '../../app/surroundings.ts';
import { because, type Trouble } from '../../app/trouble.ts';
import type { Approval } from '../../execute/approval.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { Plan } from '../../model/plan.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { count } from '../../util/count.ts';
import { askApproval } from '../approval-question.ts';
import { carryOut, type Asking } from '../carry-out.ts';
import { overridesOf } from '../overrides.ts';
import { withTypedPasswords } from '../typed-password.ts';
import { printTrouble } from '../print-trouble.ts';
import { interruptedBefore } from '../print-way-on.ts';
import { siteToChange } from '../open-site.ts';
import type { RunOptions } from '../options.ts';
import { tellNotBegun } from '../tell.ts';
import type { WatchedOption } from '../watch-run.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook run RUNBOOK` and `runbook plan`. */
export async function run(
  mode: 'run' | 'plan',
  runbook: string,
  options: RunOptions & WatchedOption,
  terminal: Terminal,
): Promise<number> {
  const site = siteToChange(terminal, options);
  if (!site.ok) return site.error;
  const here = site.value;
  const json = options.json === true;
  const { onSchedule } = options;
  const cannotBegin = async (trouble: Trouble): Promise<number> => {
    const exitCode = printTrouble(trouble, terminal, json);
    if (onSchedule !== undefined)
      await tellNotBegun({ schedule: onSchedule, runbook }, trouble, options, here, terminal);
    return exitCode;
  };
  const overrides = overridesOf(options, terminal.isInteractive && onSchedule === undefined);
  if (!overrides.ok) return cannotBegin(because(overrides.error));
  const selection = { ...options, runbook, local: options.local === true, params: options.param ?? [] };
  const checked = await prepare(selection, here);
  if (!checked.ok) return cannotBegin(checked.error);
  const prepared = await withTypedPasswords(checked.value, options, terminal);
  if (!prepared.ok) return cannotBegin(prepared.error);

  const question = mode === 'run' && prepared.value.runbook.fix.length > 0 && options.yes !== true;
  if (question && !terminal.isInteractive) return cannotBegin(because(NOBODY_TO_ASK));

  const store = openSqliteStore(stateDirectory(here));
  if (!store.ok) return printTrouble(because(store.error), terminal, json);
  const approve = (plan: Plan, asking: Asking): Promise<Approval | undefined> =>
    options.yes === true ? Promise.resolve({ by: asking.user, how: 'yes-option' }) : ask(plan, asking, terminal);
  try {
    const note = mode === 'run' ? interruptedBefore(prepared.value.runbook.name, store.value) : undefined;
    const work = { mode, prepared: prepared.value, store: store.value, overrides: overrides.value, note, approve };
    return await carryOut(work, options, here, terminal);
  } finally {
    await store.value.close();
  }
}

const NOBODY_TO_ASK: ErrorInfo = {
  code: 'refused',
  message: 'a run must be approved, and nobody can be asked: there is no terminal',
  hint: 'add --yes to approve whatever the diagnosis finds to fix, or make a plan with runbook plan and carry it out with run --plan',
};

async function ask(plan: Plan, { view, stop, user }: Asking, { err }: Terminal): Promise<Approval | undefined> {
  const hosts = plan.batches.flat();
  await view.ask(plan);
  const answer = await askApproval({
    text: err.style('strong', `Carry this out on ${count(hosts.length, 'host')}?`),
    several: hosts.length > 1,
    explain: (how) => view.explain(plan, how),
    print: err.print,
    input: process.stdin,
    signal: stop,
  });
  view.resume();
  if (answer === 'no') return undefined;
  return { by: user, how: 'answer', ...(answer === 'first' && { hosts: hosts.slice(0, 1) }) };
}
