import { expandStep, problemOf, type ExpandedItem, type StepProblem } from '../../model/expand-step.ts';
import type { StepEnded } from '../../model/step-event.ts';
import type { Scope } from '../../model/expression.ts';
import { enterLoop, lapOf, sectionsOf, type Section } from '../../model/loops.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import { stepsReadBy } from '../../model/step-references.ts';
import { settleAll } from '../../util/settle-all.ts';
import type { HostRun } from '../host-run.ts';
import { combine, loopResult } from './loop-result.ts';
import { skipped } from './skipped.ts';
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

/**
 * Reads a phase: each step waits only for the steps it refers to, all others are sent in the same tick; so do the items of a loop,
 * whatever becomes of each.
 */
export async function readSteps(host: HostRun, reading: Reading): Promise<ReadResults> {
  const lap = new ReadingLap(host, reading);
  const read = await lap.read(reading.steps);
  const reasons = read.flatMap(({ result }) => [result, ...(result.results ?? [])]).map(({ reason }) => reason);
  const end = reasons.includes('lost') ? 'lost' : reasons.includes('cancelled') ? 'interrupted' : 'complete';
  return { steps: lap.known, read, end };
}

/** One item of a group's loop, or what is outside of all loops. */
class ReadingLap {
  readonly #host: HostRun;
  readonly #reading: Reading;
  readonly #outer: ReadingLap | undefined;
  readonly #enter: (scope: Scope) => Scope;
  /** Steps that ended in this lap; outside of loops those known before, too. */
  readonly #steps: Map<string, StepResult>;
  readonly #ended = new Map<string, Promise<unknown>>();

  constructor(host: HostRun, reading: Reading, inside?: { readonly outer: ReadingLap; enter(scope: Scope): Scope }) {
    this.#host = host;
    this.#reading = reading;
    this.#outer = inside?.outer;
    this.#enter = (scope) => (inside === undefined ? scope : inside.enter(scope));
    this.#steps = new Map<string, StepResult>(inside === undefined ? reading.scope().steps : []);
  }

  get known(): ReadonlyMap<string, StepResult> {
    return this.#outer === undefined ? this.#steps : new Map([...this.#outer.known, ...this.#steps]);
  }

  async read(steps: readonly Step[], depth = 0): Promise<readonly StepRead[]> {
    const sections = sectionsOf(steps, depth).map((section) => {
      const ended = section.kind === 'step' ? this.#step(section.step) : this.#loop(section, depth);
      for (const { id } of section.kind === 'step' ? [section.step] : section.steps) this.#ended.set(id, ended);
      return ended;
    });
    return (await settleAll(sections)).flat();
  }

  async #step(step: Step): Promise<readonly StepRead[]> {
    const needed = this.endsOf(stepsReadBy(step));
    if (needed.length > 0) await Promise.all(needed);
    return [this.#know(step, await this.#readOne(step))];
  }

  async #loop({ loop, steps }: Extract<Section, { kind: 'loop' }>, depth: number): Promise<readonly StepRead[]> {
    const needed = this.endsOf(loop.list.references.steps);
    if (needed.length > 0) await Promise.all(needed);
    const unsent = this.#whyNotSent();
    if (unsent !== undefined) return this.#none(steps, unsent);
    const list = loop.list.evaluate(this.#scope());
    if (!list.ok) return this.#none(steps, this.#failedBy(problemOf(list.error)));
    if (list.value.length === 0) return this.#none(steps, loopResult([]));
    const laps = list.value.map((item, index) => {
      const enter = (scope: Scope): Scope => enterLoop(this.#enter(scope), item, index);
      return new ReadingLap(this.#host, this.#reading, { outer: this, enter }).read(steps, depth + 1);
    });
    const read = (await settleAll(laps)).flat();
    return steps.map((step) => {
      const results = read.filter((one) => one.step === step).flatMap(({ result }) => result.results ?? [result]);
      return this.#know(step, loopResult(results));
    });
  }

  /** A loop of which no step is read. */
  async #none(steps: readonly Step[], result: StepResult): Promise<readonly StepRead[]> {
    const ended = steps.map(async (step) => this.#know(step, await this.#endUnsent(step, this.#scope(), result)));
    return settleAll(ended);
  }

  /** The ends of those that are read in this phase. */
  endsOf(ids: Iterable<string>): readonly Promise<unknown>[] {
    return [...ids].flatMap((id) => this.#ended.get(id) ?? this.#outer?.endsOf([id]) ?? []);
  }

  #know(step: Step, result: StepResult): StepRead {
    this.#steps.set(step.id, result);
    if (this.#outer === undefined) this.#reading.ended?.(this.#steps);
    return { step, result };
  }

  async #readOne(step: Step): Promise<StepResult> {
    const scope = this.#scope();
    const unsent = this.#whyNotSent();
    if (unsent !== undefined) return this.#endUnsent(step, scope, unsent);
    const expanded = expandStep(step, scope);
    if (!expanded.ok) return this.#endUnsent(step, scope, this.#failedBy(expanded.error));
    const { items, looped } = expanded.value;
    if (looped && items.length === 0) return this.#endUnsent(step, scope, loopResult([]));
    return combine(looped, await settleAll(items.map((item) => this.#readItem(step, item))));
  }

  async #readItem(step: Step, { decision, scope }: ExpandedItem): Promise<StepResult> {
    const { firsts, phase } = this.#reading;
    if (decision.kind === 'skip') return this.#endUnsent(step, scope, skipped(decision.why));
    if (decision.kind === 'fail') return this.#endUnsent(step, scope, this.#failedBy(decision.problem));
    const key = `${step.id} ${lapOf(scope)}`;
    const first = firsts?.get(key);
    const seen = first === undefined ? scope : { ...scope, first };
    const halted = (): boolean => this.#reading.halted?.() !== undefined;
    const { result } = await readStep(this.#host, step, phase, seen, decision.composed, halted);
    if (first === undefined && result.status === 'ok') firsts?.set(key, result);
    return result;
  }

  #whyNotSent(): StepResult | undefined {
    if (this.#host.run.stop.aborted) return INTERRUPTED;
    const halted = this.#reading.halted?.();
    return halted === undefined ? undefined : skipped(halted);
  }

  /** In a diagnosis a step whose input is missing has nothing to look at: that is no failure of its own. */
  #failedBy(problem: StepProblem): StepResult {
    const { phase } = this.#reading;
    const skipped = problem.reason === 'missing-input' && phase !== 'verify' && phase !== 'rollback';
    return { status: skipped ? 'skipped' : 'failed', ...problem };
  }

  /** What an interrupt left out is no event: the run's own says it. */
  async #endUnsent(step: Step, scope: Scope, result: StepResult): Promise<StepResult> {
    return result === INTERRUPTED ? result : endUnsent(this.#host, step, this.#reading.phase, scope, result);
  }

  #scope(): Scope {
    return this.#enter({ ...this.#reading.scope(), steps: this.known });
  }
}

const INTERRUPTED: StepResult = { status: 'skipped', reason: 'cancelled', error: 'the run was interrupted' };
