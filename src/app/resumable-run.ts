import type { ErrorInfo } from '../model/error.ts';
import type { ProcessId, RunEvent, RunResumed, RunStarted } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import type { Store } from '../model/store.ts';
import { whatChanged, type SavedPlan } from '../plan/saved-plan.ts';
import { MASK } from '../util/secret.ts';
import { err, ok, type Result } from '../util/result.ts';
import { brokenRecord } from './broken-record.ts';
import { findRun } from './find-run.ts';
import type { Prepared } from './prepare.ts';
import { stateOf } from './process-id.ts';
import { chosenNow } from './saved-plan.ts';
import type { Trouble } from './trouble.ts';

/** A run from the store that another process may go on with, as far as the store and this machine can tell. */
export interface ResumableRun {
  readonly runId: string;
  readonly started: RunStarted;
  readonly events: readonly RunEvent[];
  /** Sessions so far. */
  readonly sessions: number;
  /** The plan that was made in it, with what it was made from. */
  readonly saved: SavedPlan;
  /** What was approved: that plan, or the one that it carries out. */
  readonly approved: Plan;
  /** It has come to an end, of all hosts or by an interrupt. */
  readonly hasEnded: boolean;
}

export interface Takeover {
  readonly how: 'resume' | 'rollback';
  /** A person says that its process is dead, where that cannot be seen from here. */
  readonly takenOver: boolean;
}

/** `prefix`: of its id, or `last`. Contacts nothing. */
export function openResumableRun(
  prefix: string,
  { how, takenOver }: Takeover,
  store: Store,
  look: typeof stateOf = stateOf,
): Result<ResumableRun, ErrorInfo> {
  const found = findRun(prefix, store);
  if (!found.ok) return found;
  const runId = found.value;
  const broken = brokenRecord(runId, store);
  if (broken !== undefined) return err(broken);
  const events = [...store.events(runId)];
  const started = events.find((event) => event.type === 'run-started');
  if (started === undefined) return err(notPossible(runId, how, 'its record has no beginning', LOOK));
  if (started.mode !== 'run') return err(noRun(runId, started.mode));
  const plan = store.plan(runId);
  const approval = events.find((event) => event.type === 'approved');
  const hasEnded = events.at(-1)?.type === 'run-finished';
  if (plan === undefined || approval === undefined) {
    const why = hasEnded ? 'it has ended, and changed nothing' : 'it was never approved, and changed nothing';
    return err(
      notPossible(runId, how, why, `run it again: runbook run ${started.selection?.runbook ?? started.runbook}`),
    );
  }
  const approved = approval.plan === undefined ? plan : store.plan(approval.plan);
  const { selection, overrides } = started;
  if (selection === undefined || approved === undefined) {
    return err(notPossible(runId, how, 'it was begun by a version that did not keep what that needs', LOOK));
  }
  if (selection.params.some((param) => param.includes(MASK))) {
    return err(notPossible(runId, how, 'a param was given that holds the value of a secret, which is not kept', LOOK));
  }
  const resumed = events.findLast((event) => event.type === 'run-resumed');
  const alive = hasEnded ? undefined : whyAlive(runId, resumed?.process ?? started.process, { takenOver }, look);
  if (alive !== undefined) return err(alive);
  const saved = { plan, selection, ...(overrides !== undefined && { overrides }) };
  return ok({ runId, started, events, sessions: sessionsOf(resumed), saved, approved, hasEnded });
}

/** Why what was prepared now is not what the run was started with; undefined: it is. */
export function compareWithRun(
  { runId, saved, started }: ResumableRun,
  how: Takeover['how'],
  prepared: Prepared,
): ErrorInfo | undefined {
  const changed = whatChanged({ ...saved, runbookSha256: started.runbookSha256 }, chosenNow(prepared));
  return changed === undefined ? undefined : notPossible(runId, how, changed, bringBack(runId, how, saved));
}

/** The same when what the run was started with cannot be had any more, or is wrong by now. */
export function whyNotPrepared(
  { runId, saved }: ResumableRun,
  how: Takeover['how'],
  { diagnostics, sources, errors }: Trouble,
): Trouble {
  const hint = bringBack(runId, how, saved);
  const wrong = errors.map((error) => {
    const { message } = notPossible(runId, how, error.message, hint);
    return { ...error, message, hint: error.hint === undefined ? hint : `${error.hint}\n${hint}` };
  });
  if (wrong.length > 0) return { diagnostics, sources, errors: wrong };
  return {
    diagnostics,
    sources,
    errors: [notPossible(runId, how, 'a file that it was started with has errors now', hint)],
  };
}

function bringBack(runId: string, how: Takeover['how'], { selection }: SavedPlan): string {
  return `nothing was contacted; bring back what it was started with, then: runbook ${how} ${runId}
or leave it, and look at the hosts as they are: runbook plan ${selection.runbook}`;
}

export function notPossible(runId: string, how: Takeover['how'], why: string, hint: string): ErrorInfo {
  const what = how === 'resume' ? 'resumed' : 'rolled back';
  return { code: 'refused', message: `the run ${runId} cannot be ${what}: ${why}`, hint };
}

const LOOK = 'nothing was contacted; look at the hosts: runbook plan shows how they are';

const sessionsOf = (resumed: RunResumed | undefined): number => resumed?.session ?? 1;

function noRun(runId: string, mode: 'plan' | 'exec'): ErrorInfo {
  const isPlan = mode === 'plan';
  const message = `${runId} is ${isPlan ? 'a plan' : 'a single command'}, not a run: it has nothing to go on with`;
  const hint = isPlan ? `carry it out: runbook run --plan ${runId}` : `what became of it: runbook show ${runId}`;
  return { code: 'usage', message, hint };
}

function whyAlive(
  runId: string,
  process: ProcessId | undefined,
  { takenOver }: Pick<Takeover, 'takenOver'>,
  look: typeof stateOf,
): ErrorInfo | undefined {
  const state = process === undefined ? 'elsewhere' : look(process);
  if (state === 'gone' || (state === 'elsewhere' && takenOver)) return undefined;
  if (state === 'alive') {
    const message = `the run ${runId} goes on: its process ${process?.pid} lives`;
    return { code: 'refused', message, hint: `stop it first: runbook cancel ${runId}` };
  }
  const who = process === undefined ? 'its process' : `its process ${process.pid} on ${process.machine}`;
  const message = `whether ${who} still lives cannot be seen from here`;
  return {
    code: 'refused',
    message: `the run ${runId}: ${message}`,
    hint: 'when you know that it is dead, add --taken-over',
  };
}
