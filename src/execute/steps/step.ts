import type { Preparation, PreparedChange } from '../../model/action.ts';
import type { ComposedStep } from '../../model/expand-step.ts';
import type { StepEnded } from '../../model/event.ts';
import type { Scope } from '../../model/expression.ts';
import { renderScript } from '../../model/render-script.ts';
import type { StepResult } from '../../model/result.ts';
import type { PhaseName, Step } from '../../model/runbook.ts';
import type { CommandResult } from '../../model/script.ts';
import type { HostRun } from '../host-run.ts';
import { failed, judgeAnswer, judgeExpectations, judgeInterpretation, judgePrepared, type StepEnd } from './judge.ts';
import { look } from './look.ts';
import { runProbe } from './probe.ts';
import type { SentStep } from './sent-step.ts';
import { endedEvent, evidenceOf, unsentEvent, type Execution } from './step-events.ts';
import { captureUndo, plannedUndo, type CapturedUndo } from './undo-capture.ts';

/** Sends a reading step and judges its answer. Evidence and end are durable when it resolves. */
export async function readStep(
  host: HostRun,
  step: Step,
  phase: StepEnded['phase'],
  scope: Scope,
  composed: ComposedStep,
): Promise<StepEnd> {
  const { recorder, clock } = host.run;
  recorder.check();
  const execution = executionOf(host, step, phase, scope);
  recorder.note({ type: 'step-started', ...execution });
  const keep = (answer: CommandResult): void => keepEvidence(host, step, execution, answer);
  const begun = clock.monotonic();
  const end = await ask(host, step, composed, keep);
  return finish(host, step, execution, judgeExpectations(step, end, scope), begun);
}

/**
 * Sends a changing step: its intent is durable before its first byte leaves, evidence and end are when it resolves. A prepared
 * change looks first; `objection` is asked about the change that came of it, and what it says keeps it from being sent.
 */
export async function changeStep(
  host: HostRun,
  step: Step,
  phase: PhaseName,
  scope: Scope,
  composed: ComposedStep,
  objection: (change: PreparedChange) => string | undefined = () => undefined,
): Promise<SentStep> {
  const { clock } = host.run;
  const execution = { ...executionOf(host, step, phase, scope), phase };
  const captured = captureUndo(step, scope);
  const begun = clock.monotonic();
  const sent = (ended: StepEnd): SentStep => ({
    step,
    execution: execution.execution,
    name: execution.name,
    scope,
    captured,
    ended,
  });
  if (step.action.work.kind !== 'prepared') {
    const answer = await send(host, step, execution, scope, composed, captured);
    const judged = judgeExpectations(step, judgeAnswer(step, composed, answer), scope);
    return sent(await finish(host, step, execution, judged, begun));
  }
  const prepared = await look(host, step, composed, { ...execution, scope });
  const change = prepared.kind === 'change' ? prepared : undefined;
  const objected = change === undefined ? undefined : objection(change);
  if (change === undefined || objected !== undefined) {
    const ended = notSent(step, composed, prepared, objected);
    return sent(
      await finish(host, step, execution, { ...judgeExpectations(step, ended, scope), notStarted: true }, begun),
    );
  }
  const answer = await send(host, step, execution, scope, { ...composed, script: change.script }, captured, change);
  const judged = judgeExpectations(step, judgePrepared(step, composed, change, answer), scope);
  return sent(await finish(host, step, execution, judged, begun));
}

/** Pure: the end of a prepared change of which only the look was made. */
function notSent(step: Step, composed: ComposedStep, prepared: Preparation, objected: string | undefined): StepEnd {
  if (objected !== undefined) return failed('condition', objected);
  if (prepared.kind === 'failed') return failed(prepared.reason, prepared.error);
  const { output } = prepared;
  return judgeInterpretation(step, composed, () => ({ status: 'ok', output }));
}

async function send(
  host: HostRun,
  step: Step,
  execution: Execution & { readonly phase: PhaseName },
  scope: Scope,
  { script, timeoutMs }: ComposedStep,
  captured: CapturedUndo,
  change?: PreparedChange,
): Promise<CommandResult> {
  const { recorder, runId, kill } = host.run;
  const { ledger } = host;
  if (ledger === undefined || script === undefined) throw new Error(`${step.id} changes a host that is not locked`);
  const undo = plannedUndo(step, captured);
  const claim = { runId, step: execution.execution, attempt: 1, epoch: 1 };
  await recorder.commit({
    type: 'step-intended',
    ...execution,
    ...renderScript(script),
    attempt: claim.attempt,
    incarnation: ledger.incarnation,
    bootId: ledger.bootId,
    ...(scope.item === undefined ? {} : { item: scope.item }),
    ...(undo.length === 0 ? {} : { undo }),
    ...(change === undefined || step.undo.kind !== 'builtin' ? {} : { builtinUndo: change.undo }),
    ...(change === undefined || step.noLog ? {} : { differences: change.differences }),
  });
  const answer = await host.connection.change({ ...host.request(step, script, timeoutMs), claim }, kill);
  keepEvidence(host, step, execution, answer);
  return answer;
}

/** Records the end of a step, or of an item of its loop, that is not sent. */
export async function endUnsent(
  host: HostRun,
  step: Step,
  phase: StepEnded['phase'],
  scope: Scope,
  result: StepResult,
): Promise<StepResult> {
  const { id, name, action } = step;
  const execution = { host: host.name, phase, step: id, name: name.render(scope), action: action.name };
  await host.run.recorder.commit(unsentEvent(execution, result));
  return result;
}

async function ask(
  host: HostRun,
  step: Step,
  composed: ComposedStep,
  keep: (answer: CommandResult) => void,
): Promise<StepEnd> {
  if (composed.script === undefined) return runProbe(host, step, composed, keep);
  const request = host.request(step, composed.script, composed.timeoutMs);
  const answer = await host.connection.read(request, host.run.kill);
  keep(answer);
  return judgeAnswer(step, composed, answer);
}

async function finish(host: HostRun, step: Step, execution: Execution, end: StepEnd, begun: number): Promise<StepEnd> {
  const { recorder, clock } = host.run;
  host.watch.touch();
  await recorder.commit(endedEvent(execution, step, end, clock.monotonic() - begun));
  return end;
}

function keepEvidence(host: HostRun, step: Step, execution: Execution, answer: CommandResult): void {
  for (const event of evidenceOf(execution, step, answer)) host.run.recorder.note(event);
}

function executionOf(host: HostRun, step: Step, phase: StepEnded['phase'], scope: Scope): Execution {
  return {
    host: host.name,
    phase,
    step: step.id,
    execution: host.nextExecution(step.id),
    name: step.name.render(scope),
    action: step.action.name,
  };
}
