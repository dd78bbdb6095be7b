import { prepare } from '../../app/prepare.ts';
import { carriedOutAlready, compareWithPlan, openSavedPlan, selectionOf, voidByTrouble } from '../../app/saved-plan.ts';
import { stateDirectory, type Site } from '../../app/surroundings.ts';
import { because } from '../../app/trouble.ts';
import type { Approval, Refusal } from '../../execute/approval.ts';
import { isBeyond, type Risk } from '../../model/action.ts';
import { exitCodeOf } from '../../model/exit-code.ts';
import type { Plan } from '../../model/plan.ts';
import type { SharedStore } from '../../model/shared-store.ts';
import type { SavedPlan } from '../../plan/saved-plan.ts';
import { openSqliteStore } from '../../stores/sqlite.ts';
import { carryOut } from '../carry-out.ts';
import { withTypedPasswords } from '../typed-password.ts';
import { printTrouble } from '../print-trouble.ts';
import { siteToChange } from '../open-site.ts';
import type { RunOptions } from '../options.ts';
import type { WatchedOption } from '../watch-run.ts';
import type { Terminal } from '../terminal.ts';

/** `runbook run --plan ID`: that plan and nothing else. Naming it is the approval: nobody is asked. */
export async function runPlan(id: string, options: RunOptions & WatchedOption, terminal: Terminal): Promise<number> {
  const site = siteToChange(terminal, options);
  if (!site.ok) return site.error;
  const here = site.value;
  const json = options.json === true;
  const store = openSqliteStore(stateDirectory(here));
  if (!store.ok) return printTrouble(because(store.error), terminal, json);
  try {
    const saved = openSavedPlan(id, store.value, Date.now());
    if (!saved.ok) return printTrouble(because(saved.error), terminal, json);
    const { plan } = saved.value;
    if (!plan.hosts.some(({ outcome }) => outcome === 'needs-fix')) return nothingToFix(plan, json, terminal);
    return await carryOutSaved(saved.value, store.value, options, here, terminal);
  } finally {
    await store.value.close();
  }
}

async function carryOutSaved(
  saved: SavedPlan,
  store: SharedStore,
  options: RunOptions & WatchedOption,
  here: Site,
  terminal: Terminal,
): Promise<number> {
  const json = options.json === true;
  const { plan, selection } = saved;
  const checked = await prepare(selectionOf(saved, options), here);
  if (!checked.ok) return printTrouble(voidByTrouble(saved, checked.error), terminal, json);
  const other = compareWithPlan(saved, checked.value);
  if (other !== undefined) return printTrouble(because(other), terminal, json);
  const prepared = await withTypedPasswords(checked.value, selection, terminal);
  if (!prepared.ok) return printTrouble(prepared.error, terminal, json);

  const approve = ({ runId }: Plan, { user }: { readonly user: string }): Promise<Approval | Refusal> => {
    const by = store.carryOut(plan.runId, runId);
    if (!by.ok) return Promise.resolve({ refused: by.error.message });
    if (by.value !== undefined) return Promise.resolve({ refused: carriedOutAlready(plan.runId, by.value).message });
    return Promise.resolve({ by: user, how: 'plan' });
  };
  const { overrides = {} } = saved;
  const work = { mode: 'run', prepared: prepared.value, store, overrides, approved: plan, approve } as const;
  return carryOut(work, { ...options, maxRisk: lower(options.maxRisk, plan.maxRisk) }, here, terminal);
}

function nothingToFix({ runId, hosts }: Plan, json: boolean, { err }: Terminal): number {
  const message = `the plan ${runId} has nothing to fix: nothing was contacted`;
  err.print(`${json ? JSON.stringify({ severity: 'info', message }) : message}\n`);
  return exitCodeOf(hosts.map(({ outcome }) => outcome));
}

function lower(one: Risk = 'destructive', other: Risk = 'destructive'): Risk {
  return isBeyond(one, other) ? other : one;
}
