import type { ShownChange } from '../../model/action.ts';
import type { ComposedStep, ExpandedItem } from '../../model/expand-step.ts';
import type { StepEnded, StepIntended } from '../../model/step-event.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import type { CommandResult } from '../../model/script.ts';
import type { HostRun } from '../host-run.ts';
import { judgeAttempt } from '../steps/judge-attempt.ts';
import { failed, judgeAnswer, judgeInterpretation, judgePrepared, type StepEnd } from '../steps/judge.ts';
import { nameOf, ownName } from '../steps/name-of.ts';
import { asWhole } from '../steps/repeat.ts';
import { judgeRestart, restarts } from '../steps/restart.ts';
import type { Attempts, SentStep } from '../steps/sent-step.ts';
import { settle } from '../steps/settle.ts';
import { evidenceOf, onOf } from '../steps/step-events.ts';
import { finishStep } from '../steps/step.ts';
import { captureUndo, plannedUndo, type CapturedUndo } from '../steps/undo-capture.ts';
import { isUnclear, resultOf, type PastAttempt, type PastItem } from './past-item.ts';

/** What became of an item in a former session. `isOpen`: it has not come to its end, and is to be sent (again). */
export type Followed = SentStep & { readonly isOpen: boolean };

/** How an item ended in a former session that was sent then. What has no known end is asked of its host, and recorded. */
export async function follow(host: HostRun, step: Step, item: ExpandedItem, past: PastItem): Promise<Followed> {
  const { scope } = item;
  const attempts: StepEnd[] = [];
  for (const attempt of past.attempts) {
    const end = isUnclear(attempt) ? await settlePast(host, step, item, attempt) : endOf(attempt.end);
    // What never began leaves nothing.
    if (end.unsent !== true) attempts.push(end);
  }
  const last = attempts.at(-1);
  const named = [...past.attempts.flatMap(({ intent, end }) => intent ?? end ?? [])].at(-1);
  const name = `${named === undefined ? nameOf(step, scope) : ownName(step, named.name)}${named?.on === undefined ? '' : ` on ${named.on}`}`;
  const captured = asRecorded(captureUndo(step, scope), past);
  const whole: Attempts =
    last === undefined ? { ended: NEVER_BEGAN, attempts } : { ended: asWhole(last, attempts), attempts };
  return { step, name, scope, captured, ...whole, ...onOf({ on: named?.on }), isOpen: isOpen(last) };
}

/** How it is taken that nobody can tell how a step ended, where a person asked to undo it all the same. */
export function asCutOff(sent: Followed): Followed {
  const cut = (end: StepEnd): StepEnd =>
    end.result.status === 'unknown' ? { ...end, result: { ...end.result, status: 'failed' }, cutOff: true } : end;
  return { ...sent, ended: cut(sent.ended), attempts: sent.attempts.map(cut) };
}

const isOpen = (last: StepEnd | undefined): boolean => last === undefined || last.again === true;

const NEVER_BEGAN: StepEnd = { ...failed('lost', 'it never began'), notStarted: true, unsent: true };

function endOf(end: StepEnded | undefined): StepEnd {
  if (end === undefined) return NEVER_BEGAN;
  const { undo, again, changed } = end;
  return {
    result: resultOf(end),
    ...(undo !== undefined && { undo }),
    cutOff: end.cutOff === true,
    notStarted: end.notStarted === true,
    ...(again === true && { again }),
    ...(changed === true && { changed }),
  };
}

async function settlePast(
  host: HostRun,
  step: Step,
  { scope, decision }: ExpandedItem,
  { intent }: PastAttempt,
): Promise<StepEnd> {
  if (intent === undefined) throw new Error(`${step.id} has no intent to ask for`);
  const { phase, execution, name, action, on, lap } = intent;
  const named = { host: host.name, phase, step: step.id, execution, name, action };
  const events = { ...named, ...onOf({ on }), ...(lap !== undefined && { lap }) };
  const { end, tookMs } =
    decision.kind === 'send'
      ? await judgeSettled(host, step, decision.composed, intent)
      : {
          end: failed('lost', 'what it answered cannot be read: its params are not as they were', 'unknown'),
          tookMs: 0,
        };
  const begun = host.run.clock.monotonic() - tookMs;
  return finishStep(host, step, events, judgeAttempt(step, end, scope, intent.attempt), begun);
}

interface JudgedSettled {
  readonly end: StepEnd;
  /** How long it ran, as its host says; 0 where nobody knows. */
  readonly tookMs: number;
}

async function judgeSettled(
  host: HostRun,
  step: Step,
  composed: ComposedStep,
  intent: StepIntended,
): Promise<JudgedSettled> {
  const at = host.at(onOf({ on: intent.on }));
  if (restarts(step) && at.ledger !== undefined && at.ledger.bootId !== intent.bootId) {
    return { end: await judgeRestarted(host, step, composed, intent), tookMs: 0 };
  }
  const answer = await settle(host.run, at, intent, step);
  for (const event of evidenceOf({ ...intent }, step, answer)) host.run.recorder.note(event);
  const tookMs = answer.durationMs;
  if (restarts(step))
    return { end: await judgeRestart(host, step, composed, answer, host.run.clock.monotonic()), tookMs };
  const isPrepared = step.action.work.kind === 'prepared';
  const end = isPrepared ? judgeChange(step, composed, intent, answer) : judgeAnswer(step, composed, answer);
  return { end, tookMs };
}

/** It was to restart the host, and has: that is its end. */
async function judgeRestarted(
  host: HostRun,
  step: Step,
  composed: ComposedStep,
  { execution, on }: StepIntended,
): Promise<StepEnd> {
  const at = host.at(onOf({ on }));
  const { work } = step.action;
  if (work.kind !== 'script') throw new Error(`${step.id} restarts a host without a script`);
  const settled = { host: host.name, step: step.id, execution, ...onOf({ on }), state: 'ended', why: '' } as const;
  await host.run.recorder.commit({ type: 'step-settled', ...settled });
  const context = { ...composed.context, host: at.connection.facts, now: at.clock.now() };
  const seen = { code: 0, stdout: NOTHING, stderr: NOTHING, durationMs: 0 };
  return judgeInterpretation(step, composed, () => work.interpret(seen, composed.params as never, context));
}

const NOTHING = { text: '', bytes: 0, sha256: '', truncated: false };

/** Of a prepared change: what it comes to was known before it was sent. With `no_log` its output was not kept. */
function judgeChange(step: Step, composed: ComposedStep, intent: StepIntended, answer: CommandResult): StepEnd {
  const { output, builtinUndo: undo = [] } = intent;
  if (output === undefined && answer.end.how === 'exit' && answer.end.code === 0) {
    const result: StepResult = { status: 'changed', error: '' };
    return { result, undo, cutOff: false, notStarted: false };
  }
  if (composed.script === undefined) throw new Error(`${step.id} has nothing to send`);
  const { script } = composed;
  const change: ShownChange = { kind: 'change', script, differences: [], output: output ?? {}, undo };
  return judgePrepared(step, composed, change, answer);
}

/** A declared undo is only sent as it was recorded before its step was. */
function asRecorded(captured: CapturedUndo, { attempts }: PastItem): CapturedUndo {
  const recorded = attempts.find(({ intent }) => intent !== undefined)?.intent?.undo ?? [];
  const now = plannedUndo(captured);
  const isSame = recorded.length === now.length && now.every(({ sha256 }, index) => sha256 === recorded[index]?.sha256);
  return isSame ? captured : { ...captured, isOther: true };
}
