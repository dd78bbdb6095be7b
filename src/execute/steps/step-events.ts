import type { EventBody } from '../../model/event.ts';
import type { StepEnded } from '../../model/step-event.ts';
import type { Scope } from '../../model/expression.ts';
import { lapOf } from '../../model/loops.ts';
import type { StepReason, StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import type { CommandResult, Output } from '../../model/script.ts';
import type { StepEnd } from './judge.ts';

/** One execution of a step, as its events name it. */
export type Execution = Pick<
  StepEnded,
  'host' | 'phase' | 'step' | 'execution' | 'name' | 'action' | 'on' | 'lap' | 'items'
>;

/** The member of an event that says where a step is carried out. */
export function onOf({ on }: { readonly on?: string | undefined }): { readonly on?: string } {
  return on === undefined ? {} : { on };
}

/** The members that say for which items of the loops around it. */
export function lapMembers({ once }: Pick<Step, 'once'>, scope: Scope): Pick<Execution, 'lap' | 'items'> {
  if (scope.index === undefined) return {};
  const outer = (scope.outerItems ?? []).map(({ item }) => item);
  const items = scope.item === undefined ? outer : [...outer, scope.item];
  return { lap: lapOf(scope), ...(once === true && { items }) };
}

/** Pure: what an execution printed. With `no_log` without the text. */
export function evidenceOf(
  { host, step: id, execution }: Pick<Execution, 'host' | 'step' | 'execution'>,
  { noLog }: Pick<Step, 'noLog'>,
  answer: CommandResult,
): readonly EventBody[] {
  const streams = [
    ['stdout', answer.stdout],
    ['stderr', answer.stderr],
  ] as const;
  return streams
    .filter(([, output]) => output.bytes > 0)
    .map(([stream, output]) => ({
      type: 'evidence',
      host,
      step: id,
      execution,
      stream,
      output: noLog ? withoutText(output) : output,
    }));
}

export function endedEvent(execution: Execution, step: Step, end: StepEnd, durationMs: number): StepEnded {
  const { status, reason, error, output } = end.result;
  return {
    type: 'step-ended',
    ...execution,
    status,
    ...(reason === undefined ? {} : { reason }),
    error,
    ...(end.again === true && { again: true }),
    ...(end.notStarted && { notStarted: true }),
    ...(end.changed === true && { changed: true }),
    ...(end.cutOff && { cutOff: true }),
    ...(output === undefined || step.noLog ? {} : { output }),
    durationMs: Math.round(durationMs),
    ...(end.undo === undefined ? {} : { undo: end.undo }),
  };
}

/** A step, or an item of its loop, that ended without being sent. `onceBy`: another host carried it out. */
export function unsentEvent(
  execution: Omit<Execution, 'execution'>,
  { noLog }: Pick<Step, 'noLog'>,
  result: StepResult,
  onceBy?: string,
): StepEnded {
  const { status, reason, error, output } = result;
  return {
    type: 'step-ended',
    ...execution,
    execution: '',
    ...(onceBy === undefined ? {} : { onceBy }),
    status,
    ...(reason === undefined ? {} : { reason }),
    error,
    ...(output === undefined || noLog ? {} : { output }),
    durationMs: 0,
  };
}

/** Pure: the end of a step with `no_log`, of which an error that quotes the output is told nowhere: in no event, and in no reason. */
export function withoutQuotes(end: StepEnd): StepEnd {
  const { error, reason } = end.result;
  if (error === '' || (reason !== undefined && OWN_WORDS.has(reason))) return end;
  return { ...end, result: { ...end.result, error: 'not recorded (no_log)' } };
}

/** Errors of the engine itself, which say nothing of what the host printed. */
const OWN_WORDS: ReadonlySet<StepReason> = new Set(['signal', 'timeout', 'cancelled', 'lost']);

function withoutText(output: Output): Output {
  return { ...output, text: '' };
}
