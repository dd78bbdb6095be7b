import { unreachable } from '../../util/unreachable.ts';
import { UNTOUCHED, type Interpretation, type ShownChange, type UndoStep } from '../../model/action.ts';
import type { ComposedStep } from '../../model/expand-step.ts';
import { checkOutput } from '../../model/output.ts';
import type { StepReason, StepResult, StepStatus } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import type { CommandResult } from '../../model/script.ts';
import type { JsonObject } from '../../util/json.ts';

/** How one execution of a step ended, and what would undo it. */
export interface StepEnd {
  readonly result: StepResult;
  readonly undo?: readonly UndoStep[];
  /** It was ended from outside: nobody knows how far it came. */
  readonly cutOff: boolean;
  /** It surely never began. */
  readonly notStarted: boolean;
  /** For want of a connection: it may be sent once more. */
  readonly unsent?: true;
  /** It was sent, `until` does not hold yet, and tries are left. */
  readonly again?: true;
  /** It had changed something when it was found that `until` or `expect` does not hold. */
  readonly changed?: true;
}

/** Pure: what the answer of a host's shell means for the step. `until` and `expect` are judged apart, by `judgeAttempt`. */
export function judgeAnswer(step: Step, composed: ComposedStep, answer: CommandResult): StepEnd {
  const changes = step.effect === 'changes';
  const connection = composed.on === undefined ? 'the connection' : `the connection to ${composed.on}`;
  const { end } = answer;
  switch (end.how) {
    case 'exit':
      return judgeInterpretation(step, composed, () => interpret(step, composed, answer, end.code));
    case 'signal':
      return { ...failed('signal', `ended by signal ${end.signal}`), cutOff: true };
    case 'timeout':
    case 'cancelled': {
      const what = end.how === 'timeout' ? 'not done within its timeout' : 'ended by the interrupt';
      if (end.gone) return { ...failed(end.how, `${what}; nothing of it runs any more`), cutOff: true };
      const left = end.left === undefined ? '' : `: ${end.left}`;
      return {
        ...failed(end.how, `${what}, and it may still run${left}`, changes ? 'unknown' : 'failed'),
        cutOff: true,
      };
    }
    case 'lost': {
      const why = end.why === undefined ? '' : `, and ${end.why}`;
      const error = changes
        ? `${connection} broke before its end was reported${why}: it may or may not have run`
        : `${connection} broke before its answer came${why}`;
      return { ...failed('lost', error, changes ? 'unknown' : 'failed'), cutOff: true };
    }
    case 'not-started':
      if (end.unsent === true) return { ...failed('lost', `not sent: ${end.why}`), notStarted: true, unsent: true };
      return { ...failed('cannot-start', `not started: ${end.why}`), notStarted: true };
    default:
      return unreachable(end);
  }
}

/** Pure: the same of a prepared change, whose output and undo are known beforehand. */
export function judgePrepared(step: Step, composed: ComposedStep, change: ShownChange, answer: CommandResult): StepEnd {
  const { end } = answer;
  if (end.how !== 'exit') {
    const judged = judgeAnswer(step, composed, answer);
    return judged.notStarted ? judged : { ...judged, undo: change.undo };
  }
  const { output, undo } = change;
  if (end.code === 0) return judgeInterpretation(step, composed, () => ({ status: 'changed', output, undo }));
  const said = answer.stderr.text.trimEnd().split('\n').at(-1) ?? '';
  const ended = failed('exit', said === '' ? `exit code ${end.code}` : said);
  return end.code === UNTOUCHED ? ended : { ...ended, undo };
}

/** Pure, and the wall between actions and the engine: what one throws is a failure of its step. */
export function judgeInterpretation(
  step: Step,
  composed: ComposedStep,
  look: () => Interpretation<JsonObject>,
): StepEnd {
  let seen: Interpretation<JsonObject>;
  try {
    seen = look();
  } catch (bug) {
    return { ...failed('output', `${step.action.name} could not read the answer: ${String(bug)}`), cutOff: true };
  }
  const undo = seen.undo === undefined ? {} : { undo: seen.undo };
  if (seen.status === 'failed') return { ...failed(seen.reason, seen.error), ...undo };
  const output = checkOutput(step.action.output, seen.output, composed.params);
  if (!output.ok) return { ...failed('output', `${step.action.name} answered ${output.error}`), ...undo };
  // `command` and `shell` always say `changed`; with `effect: reads` the author gave his word that they do not.
  const status = step.effect === 'reads' ? 'ok' : seen.status;
  return {
    result: { status, error: '', output: output.value },
    ...undo,
    cutOff: false,
    notStarted: false,
  };
}

function interpret(
  step: Step,
  composed: ComposedStep,
  answer: CommandResult,
  code: number,
): Interpretation<JsonObject> {
  const { work } = step.action;
  if (work.kind !== 'script') throw new Error(`${step.action.name} has no script to answer`);
  const { stdout, stderr, durationMs } = answer;
  return work.interpret({ code, stdout, stderr, durationMs }, composed.params as never, composed.context);
}

export function failed(reason: StepReason, error: string, status: StepStatus = 'failed'): StepEnd {
  return { result: { status, reason, error }, cutOff: false, notStarted: false };
}
