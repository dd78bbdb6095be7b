import type { FindingsEvaluated } from '../../model/event.ts';
import type { StepEnded } from '../../model/step-event.ts';
import type { StepResult } from '../../model/result.ts';
import type { Step } from '../../model/runbook.ts';
import { loopResult } from '../steps/loop-result.ts';
import { resultOf, type Seen } from './past-item.ts';

/** Puts the ends of the steps of one reading of `diagnose` together to what expressions saw of it. */
export class PastDiagnosis {
  readonly #steps: ReadonlyMap<string, Step>;
  /** By step, then by lap: the last end of each item. */
  readonly #ends = new Map<string, Map<string, StepEnded>>();

  constructor(diagnose: readonly Step[]) {
    this.#steps = new Map(diagnose.map((step) => [step.id, step]));
  }

  add(end: StepEnded): void {
    const laps = this.#ends.get(end.step) ?? new Map<string, StepEnded>();
    this.#ends.set(end.step, laps.set(end.lap ?? '', end));
  }

  seen({ findings }: FindingsEvaluated): Seen {
    const results = [...this.#ends].map(([id, laps]) => [id, this.#resultOf(id, laps)] as const);
    return { steps: new Map(results), reports: findings };
  }

  #resultOf(id: string, laps: ReadonlyMap<string, StepEnded>): StepResult {
    const step = this.#steps.get(id);
    const loops = (step?.groupLoops.length ?? 0) + (step?.loop === undefined ? 0 : 1);
    const outside = laps.get('');
    if (outside === undefined) {
      const inOrder = [...laps].toSorted(([a], [b]) => compareLaps(a, b));
      return loopResult(inOrder.map(([, end]) => resultOf(end)));
    }
    const result = resultOf(outside);
    return loops > 0 && result.status === 'ok' && result.output === undefined ? loopResult([]) : result;
  }
}

function compareLaps(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

const numbersOf = (lap: string): readonly number[] => lap.split('.').map(Number);
