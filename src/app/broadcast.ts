import type { RunEvent } from '../model/event.ts';
import type { Reporter } from '../model/reporter.ts';
import type { Journal } from '../model/store.ts';

/**
 * A journal that shows each event as soon as it is kept, in order. When the journal fails nothing is shown any more. A reporter
 * that throws is shown nothing more, for hosts come first; `close` closes it with the others and throws the first such error.
 */
export class Broadcast implements Journal {
  readonly #journal: Journal;
  readonly #reporters: readonly Reporter[];
  readonly #broken = new Set<Reporter>();
  #tail: Promise<void> = Promise.resolve();
  readonly #mistakes: unknown[] = [];

  constructor(journal: Journal, reporters: readonly Reporter[]) {
    this.#journal = journal;
    this.#reporters = reporters;
  }

  commit(event: RunEvent): Promise<void> {
    const kept = this.#journal.commit(event);
    const shown = Promise.all([this.#tail, kept]).then(() => this.#show(event));
    // Whoever awaits this event learns of a failure; those that nobody awaits must not end the process.
    this.#tail = shown;
    shown.catch(() => undefined);
    return shown;
  }

  async close(): Promise<void> {
    await this.#tail.catch(() => undefined);
    for (const reporter of this.#reporters) {
      await reporter.close().catch((mistake: unknown) => this.#mistakes.push(mistake));
    }
    if (this.#mistakes.length > 0) throw this.#mistakes[0];
  }

  #show(event: RunEvent): void {
    for (const reporter of this.#reporters) {
      if (this.#broken.has(reporter)) continue;
      try {
        reporter.accept(event);
      } catch (mistake) {
        this.#broken.add(reporter);
        this.#mistakes.push(mistake);
      }
    }
  }
}
