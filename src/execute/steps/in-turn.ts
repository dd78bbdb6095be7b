import { problemOf } from '../../model/expand-step.ts';
import type { EvaluationError, Scope } from '../../model/expression.ts';
import { enterLoop, sectionsOf, type Section } from '../../model/loops.ts';
import type { StepResult } from '../../model/result.ts';
import type { GroupLoop, Step } from '../../model/runbook.ts';
import type { Json } from '../../util/json.ts';
import type { Result } from '../../util/result.ts';
import { loopResult } from './loop-result.ts';

/** What is done about each step of a list that is carried out one step after another. */
export interface InTurn<End> {
  /** What expressions see now, outside of loops. */
  scope(): Scope;
  /** Called before a step, and before the loop of the group that it begins. An end ends the whole list. */
  before(step: Step, scope: Scope): Promise<End | undefined>;
  /** Why a step has nothing to do whatever its loops say: it is recorded by `unsent`. */
  needless(step: Step): StepResult | undefined;
  listOf(loop: GroupLoop, scope: Scope): Result<readonly Json[], EvaluationError>;
  /** All items of the step's own loop. */
  send(step: Step, scope: Scope): Promise<StepResult>;
  /** Records how a step ended without being sent. */
  unsent(step: Step, scope: Scope, result: StepResult): Promise<StepResult>;
  /** From now on expressions see this result. */
  know(step: Step, result: StepResult): void;
  after(step: Step, result: StepResult): After<End>;
}

/** `leave-loops`: no further item of the loops around the step is begun, and the rest of this one is left out. */
export type After<End> = 'go-on' | 'leave-loops' | { readonly end: End };

/**
 * Carries out steps in their order, and groups with a loop item by item: all steps of the group for one item, then for the next.
 * Inside of a loop a step sees the results of its own item; after it, `results` of all.
 */
export async function inTurn<End>(steps: readonly Step[], turn: InTurn<End>): Promise<End | undefined> {
  for (const section of sectionsOf(steps)) {
    const after = await new Lap(turn).section(section);
    if (typeof after === 'object') return after.end;
  }
  return undefined;
}

/** One item of a loop, or what is outside of all loops. */
class Lap<End> {
  readonly #turn: InTurn<End>;
  readonly #depth: number;
  readonly #enter: (scope: Scope) => Scope;
  /** Of the loop that this lap belongs to: the results so far, those of inner loops one by one. */
  readonly #results: Map<Step, StepResult[]>;

  constructor(
    turn: InTurn<End>,
    depth = 0,
    enter: (scope: Scope) => Scope = (scope) => scope,
    results = new Map<Step, StepResult[]>(),
  ) {
    this.#turn = turn;
    this.#depth = depth;
    this.#enter = enter;
    this.#results = results;
  }

  async section(section: Section): Promise<After<End>> {
    return section.kind === 'step' ? this.#step(section.step) : this.#loop(section);
  }

  async #step(step: Step): Promise<After<End>> {
    const end = await this.#turn.before(step, this.#scope());
    if (end !== undefined) return { end };
    const needless = this.#turn.needless(step);
    const result = await (needless === undefined
      ? this.#turn.send(step, this.#scope())
      : this.#turn.unsent(step, this.#scope(), needless));
    return this.#ended(step, result);
  }

  async #loop({ loop, steps }: Extract<Section, { kind: 'loop' }>): Promise<After<End>> {
    const [first] = steps;
    const end = first === undefined ? undefined : await this.#turn.before(first, this.#scope());
    if (end !== undefined) return { end };
    const needless = steps.map((step) => this.#turn.needless(step));
    if (needless.every((result) => result !== undefined)) return this.#none(steps, needless);
    const list = this.#turn.listOf(loop, this.#scope());
    if (!list.ok)
      return this.#none(
        steps,
        steps.map(() => failedBy(list.error)),
      );
    if (list.value.length === 0)
      return this.#none(
        steps,
        steps.map(() => loopResult([])),
      );
    return this.#laps(steps, list.value);
  }

  async #laps(steps: readonly Step[], items: readonly Json[]): Promise<After<End>> {
    const results = new Map<Step, StepResult[]>(steps.map((step) => [step, []]));
    let after: After<End> = 'go-on';
    for (const [index, item] of items.entries()) {
      const enter = (scope: Scope): Scope => enterLoop(this.#enter(scope), item, index);
      const lap = new Lap(this.#turn, this.#depth + 1, enter, results);
      after = await lap.#all(steps);
      if (after !== 'go-on') break;
    }
    for (const [step, all] of results) {
      if (all.length > 0) this.#turn.know(step, loopResult(all));
      this.#results.get(step)?.push(...all);
    }
    return after;
  }

  async #all(steps: readonly Step[]): Promise<After<End>> {
    for (const section of sectionsOf(steps, this.#depth)) {
      const after = await this.section(section);
      if (after !== 'go-on') return after;
    }
    return 'go-on';
  }

  /** A loop of which no step is sent. */
  async #none(steps: readonly Step[], results: readonly (StepResult | undefined)[]): Promise<After<End>> {
    for (const [index, step] of steps.entries()) {
      const result = results[index];
      if (result === undefined) continue;
      const after = this.#ended(step, await this.#turn.unsent(step, this.#scope(), result));
      if (after !== 'go-on') return after;
    }
    return 'go-on';
  }

  #ended(step: Step, result: StepResult): After<End> {
    this.#turn.know(step, result);
    this.#results.get(step)?.push(...(result.results ?? [result]));
    return this.#turn.after(step, result);
  }

  #scope(): Scope {
    return this.#enter(this.#turn.scope());
  }
}

function failedBy(error: EvaluationError): StepResult {
  return { status: 'failed', ...problemOf(error) };
}
