import { isBeyond, type ShownChange } from '../../model/action.ts';
import type { ComposedStep } from '../../model/expand-step.ts';
import type { Scope } from '../../model/expression.ts';
import type { Step } from '../../model/runbook.ts';
import type { HostRun } from '../host-run.ts';
import type { Once } from '../onces.ts';
import type { StepEnd } from '../steps/judge.ts';
import type { CarriedOut } from '../steps/once.ts';
import { wasSent } from '../steps/sent-step.ts';
import { changeStep, readStep } from '../steps/step.ts';
import { onOf } from '../steps/step-events.ts';
import { isPlanned, isPlannedChange, type Binding } from './binding.ts';

/** One item of a fix step, as it is to be sent. */
export interface ItemToSend {
  readonly scope: Scope;
  readonly composed: ComposedStep;
  /** What was approved; undefined: whatever is found. */
  readonly binding: Binding | undefined;
  /** It is carried out for all hosts of the run. */
  readonly once: Once | undefined;
  /** Attempts of a former session at it. */
  readonly former: readonly StepEnd[] | undefined;
}

/** Sends an item of a fix step, if that is allowed and as planned. A change that was sent is from then on among `host.sent`. */
export async function sendFix(
  host: HostRun,
  step: Step,
  { scope, composed, binding, once, former }: ItemToSend,
): Promise<CarriedOut> {
  if (step.effect === 'reads') {
    const { result, notStarted } = await readStep(host, step, 'fix', scope, composed);
    return { result, notStarted };
  }
  const objection = (change?: ShownChange): string | undefined => whyNotAllowed(host, step, binding, composed, change);
  const sent = await changeStep(host, step, 'fix', scope, composed, objection, former);
  if (wasSent(sent)) host.sent.push(once === undefined ? sent : { ...sent, once });
  const outdated = sent.ended.unsent === true && !host.at(composed).isLost;
  return { result: sent.ended.result, notStarted: !wasSent(sent), outdated };
}

/** What was allowed and approved holds for good; what would be sent may differ from it after a re-test or a pause. */
function whyNotAllowed(
  { run, mostRisk }: HostRun,
  step: Step,
  binding: Binding | undefined,
  composed: ComposedStep,
  change: ShownChange | undefined,
): string | undefined {
  const { maxRisk } = run;
  if (maxRisk !== undefined && isBeyond(step.risk, maxRisk)) {
    return `its risk is ${step.risk}, beyond --max-risk ${maxRisk}: not sent`;
  }
  if (mostRisk !== undefined && isBeyond(step.risk, mostRisk.risk)) {
    const { name, at } = mostRisk.rule;
    return `its risk is ${step.risk}, beyond max_risk ${mostRisk.risk} of the rule ${JSON.stringify(name)} (${at.file}:${at.start.line}): not sent`;
  }
  if (binding === undefined) return undefined;
  const planned =
    change === undefined
      ? isPlanned(binding, step, composed)
      : isPlannedChange(binding, step, { ...change, ...onOf(composed) });
  return planned ? undefined : NOT_AS_PLANNED;
}

const NOT_AS_PLANNED = 'what it changes is not as it was when the plan was made: nothing was sent';
