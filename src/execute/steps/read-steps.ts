import { expandStep, type ExpandedItem, type StepProblem } from '../../model/expand-step.ts';
import type { StepEnded } from '../../model/event.ts';
import type { Scope } from '../../model/expression.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import { stepsReadBy } from '../../model/step-references.ts';
import { settleAll } from '../../util/settle-all.ts';
import type { HostRun } from '../host-run.ts';
import { combine, loopResult } from './loop-result.ts';
import { endUnsent, readStep } from './step.ts';

export interface Reading {
  readonly phase: StepEnded['phase'];
  readonly steps: readonly Step[];
  /** What a step sees when it is about to be sent; its `steps` are those known before this reading. */
  scope(): Scope;
  /** Why nothing more is to be sent, if so; asked before each step, after `ended` was told all that is known. */
  halted?(): string | undefined;
  ended?(results: ReadonlyMap<string, StepResult>): void;
  /** The first passing result of each step and item, kept from round to round of a proof. */
  readonly firsts?: Map<string, StepResult>;
}

interface StepRead {
  readonly step: Step;
  readonly result: StepResult;
}

export interface ReadResults {
  /** With those known before. */
  readonly steps: ReadonlyMap<string, StepResult>;
  /** Of this reading's steps, in their order. */
  readonly read: readonly StepRead[];
  /** `lost`: the connection is gone. `interrupted`: steps were left out or ended by an interrupt. */
  readonly end: 'complete' | 'lost' | 'interrupted';
}

/** Reads a phase: each step waits only for the steps it refers to, all others are sent in the same tick. */
export async function readSteps(host: HostRun, reading: Reading): Promise<ReadResults> {
  const steps = new Map(reading.scope().steps);
  const ended = new Map<string, Promise<StepRead>>();
  for (const step of reading.steps) ended.set(step.id, readInTurn(host, reading, step, steps, ended));
  const read = await settleAll(ended.values());
  const reasons = read.flatMap(({ result }) => [result, ...(result.results ?? [])]).map(({ reason }) => reason);
  const end = reasons.includes('lost') ? 'lost' : reasons.includes('cancelled') ? 'interrupted' : 'complete';
  return { steps, read, end };
}

async function readInTurn(
  host: HostRun,
  reading: Reading,
  step: Step,
  steps: Map<string, StepResult>,
  ended: ReadonlyMap<string, Promise<StepRead>>,
): Promise<StepRead> {
  const needed = [...stepsReadBy(step)].flatMap((id) => ended.get(id) ?? []);
  if (needed.length > 0) await Promise.all(needed);
  const result = await readOne(host, reading, step, { ...reading.scope(), steps });
  steps.set(step.id, result);
  reading.ended?.(steps);
  return { step, result };
}

async function readOne(host: HostRun, reading: Reading, step: Step, scope: Scope): Promise<StepResult> {
  if (host.run.stop.aborted) return { status: 'skipped', reason: 'cancelled', error: 'the run was interrupted' };
  const halted = reading.halted?.();
  if (halted !== undefined) {
    return endUnsent(host, step, reading.phase, scope, { status: 'skipped', reason: 'condition', error: halted });
  }
  const expanded = expandStep(step, scope);
  if (!expanded.ok) return endUnsent(host, step, reading.phase, scope, unsent(reading, expanded.error));
  const { items, looped } = expanded.value;
  if (looped && items.length === 0) return endUnsent(host, step, reading.phase, scope, loopResult([]));
  const results = await settleAll(items.map((item, index) => readItem(host, reading, step, item, index)));
  return combine(looped, results);
}

async function readItem(
  host: HostRun,
  reading: Reading,
  step: Step,
  item: ExpandedItem,
  index: number,
): Promise<StepResult> {
  const { decision } = item;
  if (decision.kind === 'skip') {
    const result: StepResult = { status: 'skipped', reason: 'condition', error: decision.why };
    return endUnsent(host, step, reading.phase, item.scope, result);
  }
  if (decision.kind === 'fail')
    return endUnsent(host, step, reading.phase, item.scope, unsent(reading, decision.problem));
  const key = `${step.id}#${index}`;
  const first = reading.firsts?.get(key);
  const scope = first === undefined ? item.scope : { ...item.scope, first };
  const { result } = await readStep(host, step, reading.phase, scope, decision.composed);
  if (first === undefined && result.status === 'ok') reading.firsts?.set(key, result);
  return result;
}

/** In a diagnosis a step whose input is missing has nothing to look at: that is no failure of its own. */
function unsent(reading: Reading, problem: StepProblem): StepResult {
  const skipped = problem.reason === 'missing-input' && reading.phase !== 'verify' && reading.phase !== 'rollback';
  return { status: skipped ? 'skipped' : 'failed', ...problem };
}
