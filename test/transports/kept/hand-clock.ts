import type { Clock } from '../../../src/model/clock.ts';

/** Goes on only when it is told. */
export class HandClock implements Clock {
  #passed = 0;
  #wall = 0;
  readonly #sleepers = new Set<() => void>();

  now(): number {
    return Date.parse('2026-01-01T00:00:00Z') + this.#passed + this.#wall;
  }

  monotonic(): number {
    return this.#passed;
  }

  sleep(_milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.add(resolve);
      signal?.addEventListener('abort', () => resolve());
    });
  }

  async pass(milliseconds: number): Promise<void> {
    this.#passed += milliseconds;
    await this.#wake();
  }

  /** The machine was asleep. */
  async suspend(milliseconds: number): Promise<void> {
    this.#wall += milliseconds;
    await this.#wake();
  }

  async #wake(): Promise<void> {
    for (const wake of this.#sleepers) wake();
    this.#sleepers.clear();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
