import { secretsOf } from '../execute/record/secrets-of.ts';
import type { ErrorInfo } from '../model/error.ts';
import type { RunStarted } from '../model/event.ts';
import type { Store } from '../model/store.ts';
import {
  changedRunbook,
  type Chosen,
  type SavedPlan,
  voidPlan,
  whyVoidAlready,
  whyVoidNow,
} from '../plan/saved-plan.ts';
import type { Json } from '../util/json.ts';
import { Redactor } from '../util/redact.ts';
import { err, ok, type Result } from '../util/result.ts';
import { brokenRecord } from './broken-record.ts';
import { findRun } from './find-run.ts';
import type { Prepared, Selection } from './prepare.ts';
import type { SecretsOptions } from './secrets-open.ts';
import { because, type Trouble } from './trouble.ts';

/** A plan from the store that may still be carried out, as far as the store can tell. `prefix`: of the id of its run. */
export function openSavedPlan(prefix: string, store: Store, now: number): Result<SavedPlan, ErrorInfo> {
  const found = findRun(prefix, store, 'plan');
  if (!found.ok) return found;
  const runId = found.value;
  const started = startOf(runId, store);
  if (started?.mode === 'run') {
    const hint = 'runbook plan makes a plan; runbook history lists those that were made';
    return err({ code: 'usage', message: `${runId} is a run, not a plan`, hint });
  }
  const plan = store.plan(runId);
  if (plan === undefined) return err(refused(`${runId} made no plan: it was ended before`, 'plan again'));
  const broken = brokenRecord(runId, store);
  if (broken !== undefined) return err(broken);
  const by = store.carriedOutBy(runId);
  if (by !== undefined) return err(carriedOutAlready(runId, by));
  const selection = started?.selection;
  if (selection === undefined) return err(voidPlan(plan, 'it was made by a version that did not keep what it needs'));
  const overrides = started?.overrides === undefined ? {} : { overrides: started.overrides };
  const why = whyVoidAlready({ plan, selection }, now);
  return why === undefined ? ok({ plan, selection, ...overrides }) : err(why);
}

export function carriedOutAlready(planRunId: string, runId: string): ErrorInfo {
  const message = `the plan ${planRunId} was carried out already, by the run ${runId}`;
  return refused(message, `a plan is carried out once; how it ended: runbook show ${runId}`);
}

/** The selection that the plan was made from, with exactly its hosts; secrets may lie elsewhere now. */
export function selectionOf({ selection }: SavedPlan, secretsNow: SecretsOptions): Selection {
  const { runbookFile, inventories, params, tags, skipTags, paramsFile, secretsFile, ageIdentity, targets } = selection;
  return {
    runbook: runbookFile,
    inventory: inventories,
    ansibleCfg: { file: selection.ansibleCfg },
    vaultPasswordFile: selection.vaultPasswordFiles,
    local: inventories === undefined,
    names: targets.map(({ host }) => host),
    params,
    tags,
    skipTags,
    paramsFile,
    secrets: secretsNow.secrets ?? secretsFile,
    ageIdentity: secretsNow.ageIdentity ?? ageIdentity,
  };
}

/**
 * What the plan was made from cannot be had any more. What is wrong with another file than the runbook, or with a secret, is told as
 * it is: once that is corrected the plan holds.
 */
export function voidByTrouble(saved: SavedPlan, trouble: Trouble): Trouble {
  const { plan, selection } = saved;
  if (trouble.diagnostics.some(({ at }) => at.file === selection.runbookFile)) {
    return because(changedRunbook(plan, selection));
  }
  return {
    ...trouble,
    errors: trouble.errors.map((error) =>
      error.code === 'configuration' ? error : voidPlan(plan, error.message, error.hint),
    ),
  };
}

/** Is what was prepared now what the plan was made from? */
export function compareWithPlan(saved: SavedPlan, prepared: Prepared): ErrorInfo | undefined {
  return whyVoidNow(saved, chosenNow(prepared));
}

/** What was prepared now, to be compared with a record. */
export function chosenNow({ runbook, hosts, delegates, selection }: Prepared): Chosen {
  const redactor = new Redactor(secretsOf([...hosts, ...delegates]));
  return {
    runbookSha256: runbook.sha256,
    targets: selection.targets,
    ...(selection.delegates !== undefined && { delegates: selection.delegates }),
    mask: <T extends object>(value: T) => redactor.json(value as Json) as T,
  };
}

function startOf(runId: string, store: Store): RunStarted | undefined {
  for (const event of store.events(runId)) return event.type === 'run-started' ? event : undefined;
  return undefined;
}

const refused = (message: string, hint: string): ErrorInfo => ({ code: 'refused', message, hint });
