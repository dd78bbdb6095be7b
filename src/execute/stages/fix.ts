import { unreachable } from '../../util/unreachable.ts';
import type { PreparedChange } from '../../model/action.ts';
import { expandStep, type ExpandedItem } from '../../model/expand-step.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import { isPlanned, type Binding } from './binding.ts';
import { fixInterrupted, fixLost, type FixEnd } from './fix-end.ts';
import type { HostRun } from '../host-run.ts';
import { combine, loopResult } from '../steps/loop-result.ts';
import { renew } from './renew.ts';
import { changeStep, endUnsent, readStep } from '../steps/step.ts';

/** Sends the fix steps in the file's order, one at a time, after a re-test that found something to fix. */
export async function fix(host: HostRun, binding: Binding | undefined): Promise<FixEnd> {
  const { run } = host;
  run.recorder.note({ type: 'phase-started', host: host.name, phase: 'fix' });
  for (const step of run.runbook.fix) {
    if (run.stop.aborted) return fixInterrupted(host);
    const renewed = await renew(host, step, binding);
    if (renewed !== undefined) return renewed;
    const result = await fixStep(host, step, binding);
    host.steps = new Map([...host.steps, [step.id, result]]);
    const end = endAfter(host, step, result);
    if (end !== undefined) return end;
  }
  if (host.treated.size > 0) return { end: 'done', reason: '' };
  return { end: 'nothing-ran', reason: 'no fix step applies' };
}

async function fixStep(host: HostRun, step: Step, binding: Binding | undefined): Promise<StepResult> {
  const served = step.for.filter((name) => isServed(host, step, name));
  if (served.length === 0)
    return endUnsent(host, step, 'fix', host.scope(), skipped(`${step.for.join(', ')}: not present`));
  const expanded = expandStep(step, host.scope());
  if (!expanded.ok) return endUnsent(host, step, 'fix', host.scope(), { status: 'failed', ...expanded.error });
  const { items, looped } = expanded.value;
  const results: StepResult[] = [];
  for (const item of items) {
    if (results.length > 0 && host.run.stop.aborted) break;
    const result = await fixItem(host, step, item, served, binding);
    results.push(result);
    if (result.status === 'failed' || result.status === 'unknown') break;
  }
  if (items.length === 0) return endUnsent(host, step, 'fix', host.scope(), loopResult([]));
  return combine(looped, results);
}

/**
 * A repair that was begun is carried through: the first step may have removed the symptom, the restart must still happen. Only
 * a step with a re-test of its own asks for the finding itself.
 */
function isServed(host: HostRun, step: Step, finding: string): boolean {
  if (host.findings.get(finding)?.present === true) return true;
  return step.retest === false && host.treated.has(finding);
}

async function fixItem(
  host: HostRun,
  step: Step,
  item: ExpandedItem,
  served: readonly string[],
  binding: Binding | undefined,
): Promise<StepResult> {
  const { decision, scope } = item;
  switch (decision.kind) {
    case 'skip':
      return endUnsent(host, step, 'fix', scope, skipped(decision.why));
    case 'fail':
      return endUnsent(host, step, 'fix', scope, { status: 'failed', ...decision.problem });
    case 'send': {
      host.run.recorder.check();
      host.fixStarted ??= host.clock.now();
      for (const name of served) host.treated.add(name);
      if (step.effect === 'reads') return (await readStep(host, step, 'fix', scope, decision.composed)).result;
      const objection = (change: PreparedChange): string | undefined =>
        binding === undefined || isPlanned(binding, step, change) ? undefined : NOT_AS_PLANNED;
      const sent = await changeStep(host, step, 'fix', scope, decision.composed, objection);
      if (!sent.ended.notStarted) host.sent.push(sent);
      return sent.ended.result;
    }
    default:
      return unreachable(decision);
  }
}

function endAfter(host: HostRun, step: Step, result: StepResult): FixEnd | undefined {
  const reason = `${nameOf(host, step)}: ${result.error}`;
  if (result.status === 'unknown') return { end: 'unknown', reason };
  if (result.reason === 'lost') return fixLost(host, reason);
  if (host.run.stop.aborted) return fixInterrupted(host);
  if (result.status === 'failed' && step.onFailure === 'stop') return { end: 'failed', reason };
  return undefined;
}

/** Of a loop, that of the item that was sent last. */
function nameOf(host: HostRun, step: Step): string {
  const last = host.sent.at(-1);
  return last?.step === step ? last.name : step.name.render(host.scope());
}

const NOT_AS_PLANNED = 'what it changes is not as it was when the plan was made: nothing was sent';

function skipped(why: string): StepResult {
  return { status: 'skipped', reason: 'condition', error: why };
}
