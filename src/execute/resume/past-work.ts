import type { PastHost } from './past-host.ts';
import type { StepResult } from '../../model/result.ts';
import { isUnclear, resultOf, type PastItem } from './past-item.ts';

/** What a former session did for a host, to be followed step by step before anything new is sent. */
export class PastWork {
  readonly fix: PastSteps;
  readonly rollback: PastSteps;
  /** It is to be undone: nothing more is fixed. */
  readonly goesBack: boolean;
  /** Why, in words; empty where the fix itself tells it. */
  readonly why: string;
  /** A person asked for the rollback: what nobody knows the end of is undone too. */
  readonly undoesUnclear: boolean;

  constructor(past: PastHost, how: 'resume' | 'rollback') {
    const isAsked = how === 'rollback';
    this.fix = new PastSteps(past.fix, 'in-order');
    this.rollback = new PastSteps(isAsked ? past.rollback.filter(needsNoRepeat) : past.rollback, 'by-name');
    this.goesBack = isAsked || past.goesBack;
    this.why = isAsked ? 'the rollback was asked for' : past.why;
    this.undoesUnclear = isAsked;
  }
}

/** The items of one phase that were not come to yet. */
export class PastSteps {
  readonly #order: 'in-order' | 'by-name';
  #items: readonly PastItem[];
  #isOther = false;

  /** `in-order`: one that is not the next stands for another story. `by-name`: it was not carried out yet. */
  constructor(items: readonly PastItem[], order: 'in-order' | 'by-name') {
    this.#items = items;
    this.#order = order;
  }

  get next(): PastItem | undefined {
    return this.#items[0];
  }

  /** The same as `take`, which it leaves there. */
  peek({ id }: { readonly id: string }, lap: string): PastItem | undefined {
    return this.#items.find((item) => item.step === id && item.lap === lap);
  }

  /**
   * Takes what is recorded of an item; undefined: nothing. `other`: the record goes on with another one, and nothing can be said of the
   * rest. `lap`: absent where it may have been counted otherwise.
   */
  take({ id }: { readonly id: string }, lap?: string): PastItem | 'other' | undefined {
    if (this.#isOther) return 'other';
    const isIt = (item: PastItem): boolean => item.step === id && (lap === undefined || item.lap === lap);
    const index = this.#items.findIndex(isIt);
    if (this.#order === 'in-order' && this.#items.length > 0 && index !== 0) {
      this.#isOther = true;
      return 'other';
    }
    const item = this.#items[index];
    this.#items = this.#items.filter((_, other) => other !== index);
    return item;
  }
}

/** Pure: how an item ended that would not be sent now with this result. A sent one in its place is another story. */
export function pastUnsent(past: PastItem | 'other', now: StepResult): StepResult {
  if (past === 'other' || past.unsent === undefined) return OTHER;
  const { results } = now;
  return { ...resultOf(past.unsent), ...(results !== undefined && { results }) };
}

/** What the record says cannot be what this runbook did on this host. */
export const OTHER: StepResult = {
  status: 'unknown',
  error: 'its record does not fit what the runbook does there: nothing was sent',
};

/** Of an undo that failed, a person who asks for it again wants another try. */
function needsNoRepeat({ attempts }: PastItem): boolean {
  const last = attempts.at(-1);
  if (last === undefined) return false;
  return isUnclear(last) || last.end?.status === 'ok' || last.end?.status === 'changed';
}
