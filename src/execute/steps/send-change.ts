import type { ShownChange } from '../../model/action.ts';
import type { ComposedStep } from '../../model/expand-step.ts';
import type { SentPhase } from '../../model/step-event.ts';
import type { Scope } from '../../model/expression.ts';
import { recordedScript } from '../../model/render-script.ts';
import type { Step } from '../../model/runbook.ts';
import type { CommandResult } from '../../model/script.ts';
import type { ConnectedHost } from '../connected-host.ts';
import type { HostRun } from '../host-run.ts';
import { noteAttempt } from '../limits/attempt.ts';
import type { Unanswered } from '../unanswered.ts';
import { restarts } from './restart.ts';
import { settle } from './settle.ts';
import { evidenceOf, type Execution } from './step-events.ts';
import { plannedUndo, type CapturedUndo } from './undo-capture.ts';

/** One attempt at a changing step, and what is recorded with it. */
export interface ChangeAttempt {
  readonly execution: Execution & { readonly phase: SentPhase };
  /** From 1. */
  readonly attempt: number;
  readonly scope: Scope;
  readonly captured: CapturedUndo;
}

/**
 * Sends a change once its intent is durable. When the connection breaks, another one is made and the host is asked what became of it, but
 * for a step that restarts the host. The evidence is recorded.
 */
export async function sendChange(
  host: HostRun,
  step: Step,
  composed: ComposedStep,
  { execution, attempt, scope, captured }: ChangeAttempt,
  change?: ShownChange,
): Promise<CommandResult> {
  const { recorder, runId, kill } = host.run;
  const at = host.at(composed);
  const { ledger } = at;
  const { script } = composed;
  if (ledger === undefined || script === undefined) throw new Error(`${step.id} changes a host that is not locked`);
  const { incarnation, bootId } = ledger;
  const undo = plannedUndo(captured);
  noteAttempt(host);
  const intended = await recorder.commit({
    type: 'step-intended',
    ...execution,
    ...recordedScript(script, step, execution.name),
    attempt,
    incarnation,
    bootId,
    epoch: at.epoch,
    ...(scope.item === undefined ? {} : { item: scope.item }),
    ...(undo.length === 0 ? {} : { undo }),
    ...(change === undefined || step.undo.kind !== 'builtin' ? {} : { builtinUndo: change.undo }),
    ...(change === undefined || step.noLog ? {} : { output: change.output, differences: change.differences }),
  });
  const { connection } = at;
  at.isRestarting = restarts(step);
  at.unanswered.set(execution.execution, intended);
  // The host's own log has the summary: it may say no more than the record does.
  const request = at.request(step, { ...script, summary: intended.summary }, composed);
  const claim = { runId, step: execution.execution, attempt };
  const first = await at.change({ ...request, claim }, kill);
  const answer = await settled(host, at, { step, connection, intended, answer: first });
  for (const event of evidenceOf(execution, step, answer)) recorder.note(event);
  return answer;
}

interface Answered {
  readonly step: Step;
  readonly connection: ConnectedHost['connection'];
  readonly intended: Unanswered;
  readonly answer: CommandResult;
}

/** What the change answered, by its claim if not by itself. */
async function settled(
  { run }: HostRun,
  at: ConnectedHost,
  { step, connection, intended, answer }: Answered,
): Promise<CommandResult> {
  const { end } = answer;
  const isUnsent = end.how === 'not-started' && end.unsent === true;
  if (isUnsent) at.isRestarting = false;
  if (run.kill.aborted || at.isRestarting || (end.how !== 'lost' && !isUnsent)) return answer;
  const why = await at.recover(connection);
  if (isUnsent) return why === undefined ? answer : { ...answer, end: { ...end, why: `${end.why}, and ${why}` } };
  if (why !== undefined) return { ...answer, end: { how: 'lost', why } };
  const told = await settle(run, at, intended, step);
  return told.end.how === 'lost' ? { ...answer, end: told.end } : told;
}
