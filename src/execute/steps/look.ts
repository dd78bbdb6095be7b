import type { Preparation, PreparedWork, ShownPreparation } from '../../model/action.ts';
import type { ComposedStep } from '../../model/expand-step.ts';
import type { StepStarted } from '../../model/step-event.ts';
import type { Scope } from '../../model/expression.ts';
import type { Step } from '../../model/runbook.ts';
import type { CommandResult } from '../../model/script.ts';
import { unreachable } from '../../util/unreachable.ts';
import type { HostRun } from '../host-run.ts';
import { showDifference } from './show-difference.ts';
import { evidenceOf, onOf } from './step-events.ts';

/** Which look, as its events name it. */
export interface LookedAt {
  readonly phase: StepStarted['phase'];
  readonly execution: string;
  readonly scope: Scope;
}

/** Makes the look of a prepared change and composes the change from what it saw. Reads only; the evidence is recorded. */
export async function look(
  host: HostRun,
  step: Step,
  composed: ComposedStep,
  { phase, execution, scope }: LookedAt,
): Promise<ShownPreparation> {
  const { work, name: action } = step.action;
  const { script } = composed;
  if (work.kind !== 'prepared' || script === undefined) throw new Error(`${step.id} has nothing to look at`);
  const { recorder, kill } = host.run;
  recorder.check();
  const at = host.at(composed);
  const event = { host: host.name, step: step.id, execution, name: step.name.render(scope), action, ...onOf(composed) };
  recorder.note({ type: 'step-started', phase, ...event });
  const answer = await at.read(at.request(step, script, composed), kill);
  const recorded = { noLog: step.noLog || work.seesContents === true };
  for (const evidence of evidenceOf(event, recorded, answer)) recorder.note(evidence);
  const prepared = prepare(work, composed, answer);
  if (prepared.kind !== 'change') return prepared;
  const shown = prepared.differences.map((told) => showDifference(told, (text) => recorder.maskedLines(text)));
  return { ...prepared, differences: shown };
}

/** Pure: what the answer of a look comes to. An action that throws on it is a failure of its step. */
function prepare(work: PreparedWork, composed: ComposedStep, answer: CommandResult): Preparation {
  const { end, stdout, stderr, durationMs } = answer;
  const cannot = (reason: Extract<Preparation, { kind: 'failed' }>['reason'], error: string): Preparation => ({
    kind: 'failed',
    reason,
    error: `it could not look: ${error}; nothing was changed`,
  });
  switch (end.how) {
    case 'exit':
      try {
        const seen = { code: end.code, stdout, stderr, durationMs };
        return work.prepare(seen, composed.params as never, composed.context);
      } catch (bug) {
        return cannot('output', String(bug));
      }
    case 'signal':
      return cannot('signal', `ended by signal ${end.signal}`);
    case 'timeout':
      return cannot('timeout', 'no answer within its timeout');
    case 'cancelled':
      return cannot('cancelled', 'ended by the interrupt');
    case 'lost':
      return cannot(
        'lost',
        `the connection broke before its answer came${end.why === undefined ? '' : `, and ${end.why}`}`,
      );
    case 'not-started':
      return cannot('cannot-start', end.why);
    default:
      return unreachable(end);
  }
}
