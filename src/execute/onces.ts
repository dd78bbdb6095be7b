import type { StepResult } from '../model/result.ts';
import type { Json } from '../util/json.ts';

/** What one host of a run carries out for all others: a step, or one item of its loops. */
export class Once {
  /** The host that carries it out. */
  readonly by: string;
  /** How it ended; undefined when it was never sent, and the next host is to do it. */
  readonly ended: Promise<StepResult | undefined>;
  /** Hosts that have gone on with its result, or wait for it. */
  readonly #users = new Set<string>();
  readonly #end: (result: StepResult | undefined) => void;
  #isTakenBack = false;

  constructor(by: string) {
    this.by = by;
    const { promise, resolve } = Promise.withResolvers<StepResult | undefined>();
    this.ended = promise;
    this.#end = resolve;
  }

  end(result: StepResult | undefined): void {
    this.#end(result);
  }

  /** A former session has undone it. */
  wasTakenBack(): void {
    this.#isTakenBack = true;
  }

  /** It was undone: nobody may go on with its result. */
  get isTakenBack(): boolean {
    return this.#isTakenBack;
  }

  use(host: string): void {
    this.#users.add(host);
  }

  leave(host: string): void {
    this.#users.delete(host);
  }

  /** To be called before it is undone: the hosts for which it must be kept; when there are none, there never will be. */
  takeBack(): readonly string[] {
    const users = [...this.#users];
    this.#isTakenBack = users.length === 0;
    return users;
  }
}

/** All of a run, by step and item. */
export class Onces {
  readonly #byKey = new Map<string, Once>();
  /** Of a former session: by what its record shows of step and item. */
  readonly #recalled = new Map<string, Once>();
  readonly #mask: (items: readonly Json[]) => readonly Json[];

  constructor(mask: (items: readonly Json[]) => readonly Json[]) {
    this.#mask = mask;
  }

  get(key: string): Once | undefined {
    return this.#byKey.get(key) ?? (this.#recalled.size === 0 ? undefined : this.#recalled.get(this.#masked(key)));
  }

  /** A former session had the host carry it out. */
  recall(key: string, by: string): Once {
    const once = this.#recalled.get(key) ?? new Once(by);
    this.#recalled.set(key, once);
    return once;
  }

  /** The host has ended: whatever of a former session it has not come to, nobody knows how it ended. */
  abandon(host: string): void {
    for (const once of this.#recalled.values()) {
      if (once.by === host) once.end({ status: 'unknown', error: 'nobody knows how it ended' });
    }
  }

  begin(key: string, host: string): Once {
    const once = new Once(host);
    this.#byKey.set(key, once);
    return once;
  }

  /** It was never sent. */
  drop(key: string): void {
    this.#byKey.delete(key);
    this.#recalled.delete(this.#masked(key));
  }

  /** The host is as it was before the run: it needs no result any more. */
  leaveAll(host: string): void {
    for (const once of [...this.#byKey.values(), ...this.#recalled.values()]) once.leave(host);
  }

  #masked(key: string): string {
    const [id, ...items] = JSON.parse(key) as readonly Json[];
    return JSON.stringify([id, ...this.#mask(items)]);
  }
}
