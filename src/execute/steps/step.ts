import type { ShownChange, ShownPreparation } from '../../model/action.ts';
import { compose, type ComposedStep } from '../../model/expand-step.ts';
import type { SentPhase, StepEnded } from '../../model/step-event.ts';
import type { Scope } from '../../model/expression.ts';
import { lapOf } from '../../model/loops.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import type { CommandResult } from '../../model/script.ts';
import type { HostRun } from '../host-run.ts';
import { whyMasked } from '../resume/holds-mask.ts';
import { pastUnsent } from '../resume/past-work.ts';
import { judgeAttempt } from './judge-attempt.ts';
import { failed, judgeAnswer, judgeInterpretation, judgePrepared, type StepEnd } from './judge.ts';
import { look } from './look.ts';
import { nameOf } from './name-of.ts';
import { runProbe } from './probe.ts';
import { repeat } from './repeat.ts';
import { judgeRestart, restarts, whyNotRestarted } from './restart.ts';
import { sendChange, type ChangeAttempt } from './send-change.ts';
import type { SentStep } from './sent-step.ts';
import { endedEvent, evidenceOf, lapMembers, onOf, unsentEvent, withoutQuotes, type Execution } from './step-events.ts';
import { captureUndo } from './undo-capture.ts';

/**
 * Sends a reading step, again while its `until` does not hold and `halted` says no, and judges its answer. Evidence and end of each
 * attempt are durable when it resolves.
 */
export async function readStep(
  host: HostRun,
  step: Step,
  phase: StepEnded['phase'],
  scope: Scope,
  composed: ComposedStep,
  halted?: () => boolean,
): Promise<StepEnd> {
  const lacking = whyWithout(host, step, composed);
  if (lacking !== undefined) {
    const end = { ...failed('missing-input', lacking), notStarted: true };
    await endUnsent(host, step, phase, scope, end.result);
    return end;
  }
  const read = async (attempt: number): Promise<StepEnd> => {
    const { recorder, clock } = host.run;
    recorder.check();
    const execution = executionOf(host, step, phase, scope, composed);
    recorder.note({ type: 'step-started', ...execution });
    const keep = (answer: CommandResult): void => keepEvidence(host, step, execution, answer);
    const begun = clock.monotonic();
    const end = await ask(host, step, attempt === 1 ? composed : composeAnew(host, step, scope, composed), keep);
    return finishStep(host, step, execution, judgeAttempt(step, end, scope, attempt), begun);
  };
  return (await repeat(host, composed, read, halted)).ended;
}

/** A resumed run has its values from the record. */
function whyWithout(
  { past }: HostRun,
  step: Step,
  composed: Pick<ComposedStep, 'params' | 'script'>,
): string | undefined {
  return past === undefined ? undefined : whyMasked(step, composed);
}

/** Time has passed: what it reads back to is another moment. */
function composeAnew(host: HostRun, step: Step, scope: Scope, before: ComposedStep): ComposedStep {
  const anew = compose(step, host.atNow(scope));
  return anew.ok ? anew.value : before;
}

/**
 * Sends a changing step, again while its `until` does not hold, and when a connection that could be made again broke before it began:
 * each time its intent is durable before its first byte leaves, and evidence and end are when it resolves. A prepared change looks first.
 * What `objection` says right before it is sent keeps it from being sent; it is shown what came of the look. An end that is `unsent` is of
 * a host that is lost, or, in the fix, of one that must be diagnosed again first. `former`: attempts of a session before.
 */
export async function changeStep(
  host: HostRun,
  step: Step,
  phase: SentPhase,
  scope: Scope,
  composed: ComposedStep,
  objection: Objection = () => undefined,
  former: readonly StepEnd[] = [],
): Promise<SentStep> {
  const captured = captureUndo(step, scope);
  const at = host.at(composed);
  const { turns } = at;
  const change = async (attempt: number): Promise<StepEnd> => {
    for (;;) {
      const execution = { ...executionOf(host, step, phase, scope, composed), phase };
      const begun = host.run.clock.monotonic();
      const once = await changeOnce(host, step, composed, { execution, attempt, scope, captured }, objection);
      const ended = once.unsent === true && !at.isLost && host.run.stop.aborted ? TOO_LATE : once;
      if (ended.unsent === true) host.watch.waited();
      const end = await finishStep(host, step, execution, judgeAttempt(step, ended, scope, attempt), begun);
      if (end.unsent !== true || at.isLost || mustRetest(host, phase)) return end;
    }
  };
  const name = `${nameOf(step, scope)}${composed.on === undefined ? '' : ` on ${composed.on}`}`;
  const sent = { step, name, scope, captured, ...onOf(composed) };
  const hasWaited = await turns.take(host);
  try {
    if (hasWaited && host.run.stop.aborted) {
      await endUnsent(host, step, phase, scope, TOO_LATE.result);
      return { ...sent, ended: TOO_LATE, attempts: [TOO_LATE] };
    }
    return { ...sent, ...(await repeat(host, composed, change, undefined, former)) };
  } finally {
    turns.leave();
  }
}

/** A change that was never begun is not sent after a long pause before the diagnosis was made anew. */
function mustRetest(host: HostRun, phase: SentPhase): boolean {
  return phase === 'fix' && host.watch.paused();
}

/** The run was interrupted before it could be sent: it had to wait for something. */
export const TOO_LATE: StepEnd = { ...failed('cancelled', 'interrupted before it was sent'), notStarted: true };

type Objection = (change?: ShownChange) => string | undefined;

async function changeOnce(
  host: HostRun,
  step: Step,
  composed: ComposedStep,
  attempt: ChangeAttempt,
  objection: Objection,
): Promise<StepEnd> {
  if (step.action.work.kind !== 'prepared') {
    const objected = objection() ?? whyWithout(host, step, composed) ?? whyNotRestarted(step, host.at(composed));
    if (objected !== undefined) return { ...failed('condition', objected), notStarted: true };
    const begun = host.run.clock.monotonic();
    const answer = await sendChange(host, step, composed, attempt);
    return restarts(step) ? judgeRestart(host, step, composed, answer, begun) : judgeAnswer(step, composed, answer);
  }
  const prepared = await look(host, step, composed, { ...attempt.execution, scope: attempt.scope });
  const change = prepared.kind === 'change' ? prepared : undefined;
  const objected = change && (objection(change) ?? whyWithout(host, step, { ...composed, script: change.script }));
  if (change === undefined || objected !== undefined)
    return { ...notSent(step, composed, prepared, objected), notStarted: true };
  const answer = await sendChange(host, step, { ...composed, script: change.script }, attempt, change);
  return judgePrepared(step, composed, change, answer);
}

/** Pure: the end of a prepared change of which only the look was made. */
function notSent(
  step: Step,
  composed: ComposedStep,
  prepared: ShownPreparation,
  objected: string | undefined,
): StepEnd {
  if (objected !== undefined) return failed('condition', objected);
  if (prepared.kind === 'failed') return failed(prepared.reason, prepared.error);
  const { output } = prepared;
  return judgeInterpretation(step, composed, () => ({ status: 'ok', output }));
}

/** Records the end of a step, or of an item of its loop, that is not sent; where a former session did, that is its end. */
export async function endUnsent(
  host: HostRun,
  step: Step,
  phase: StepEnded['phase'],
  scope: Scope,
  result: StepResult,
  onceBy?: string,
): Promise<StepResult> {
  const past = phase === 'fix' || phase === 'rollback' ? host.past?.[phase].take(step, lapOf(scope)) : undefined;
  if (past !== undefined) return pastUnsent(past, result);
  const { id, name, action } = step;
  const named = { host: host.name, phase, step: id, name: name.render(scope), action: action.name };
  const execution = { ...named, ...lapMembers(step, scope) };
  await host.run.recorder.commit(unsentEvent(execution, step, result, onceBy));
  return result;
}

async function ask(
  host: HostRun,
  step: Step,
  composed: ComposedStep,
  keep: (answer: CommandResult) => void,
): Promise<StepEnd> {
  if (composed.script === undefined) return runProbe(host, step, composed, keep);
  const at = host.at(composed);
  const answer = await at.read(at.request(step, composed.script, composed), host.run.kill);
  keep(answer);
  return judgeAnswer(step, composed, answer);
}

/** Records how one execution of a step ended: durable when it resolves. */
export async function finishStep(
  host: HostRun,
  step: Step,
  execution: Execution,
  judged: StepEnd,
  begun: number,
): Promise<StepEnd> {
  const { recorder, clock } = host.run;
  const end = step.noLog ? withoutQuotes(judged) : judged;
  host.watch.touch();
  await recorder.commit(endedEvent(execution, step, end, clock.monotonic() - begun));
  if (end.result.status !== 'unknown') host.at(onOf(execution)).unanswered.delete(execution.execution);
  return end;
}

function keepEvidence(host: HostRun, step: Step, execution: Execution, answer: CommandResult): void {
  for (const event of evidenceOf(execution, step, answer)) host.run.recorder.note(event);
}

function executionOf(
  host: HostRun,
  step: Step,
  phase: StepEnded['phase'],
  scope: Scope,
  composed: ComposedStep,
): Execution {
  return {
    host: host.name,
    phase,
    step: step.id,
    execution: host.nextExecution(step.id, host.at(composed)),
    name: step.name.render(scope),
    action: step.action.name,
    ...onOf(composed),
    ...lapMembers(step, scope),
  };
}
