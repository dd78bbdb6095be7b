import type { Clock } from '../../model/clock.ts';
import { endsSomething } from '../../model/ends-something.ts';
import type { EventBody, RunEvent } from '../../model/event.ts';
import { StoreFault } from '../../model/store-fault.ts';
import type { Journal } from '../../model/store.ts';
import type { Json } from '../../util/json.ts';
import type { Redactor } from '../../util/redact.ts';
import { redactEvent } from './redact-event.ts';

/** The journal rejected an event. Nothing may be started after it: the story could not be kept. Its `cause` is what the journal said. */
export class StoreFailed extends Error {
  override readonly name = 'StoreFailed';

  constructor(cause: unknown) {
    super(`the record of the run could not be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** Stamps events, masks secrets in them, and gives them to the journal in the order of the calls. Truncates nothing. */
export class Recorder {
  readonly #runId: string;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #redactor: Redactor;
  #seq: number;
  #failure: StoreFailed | undefined;

  /** `lastSeq`: of the last event that a former session of the run wrote. */
  constructor(runId: string, journal: Journal, clock: Clock, redactor: Redactor, lastSeq = 0) {
    this.#runId = runId;
    this.#journal = journal;
    this.#clock = clock;
    this.#redactor = redactor;
    this.#seq = lastSeq;
  }

  /**
   * Resolves with the event as it was kept, secrets masked, when it and all before it are durable; rejects with `StoreFailed`. What
   * ends something is given to the journal even after it failed, and rejects all the same: a full store still keeps that.
   */
  async commit<T extends EventBody>(body: T): Promise<T> {
    if (!endsSomething(body.type)) this.check();
    this.#seq += 1;
    const at = new Date(this.#clock.now()).toISOString();
    const masked = redactEvent(body, this.#redactor);
    const stamp = { type: masked.type, runId: this.#runId, seq: this.#seq, at }; // what a reader of a log looks for comes first
    const event: RunEvent = { ...stamp, ...masked };
    try {
      await this.#journal.commit(event);
    } catch (cause) {
      this.#failure ??= new StoreFailed(cause);
    }
    this.check();
    return masked;
  }

  /** As it would be kept: without any known secret. */
  mask<T extends object>(value: T): T {
    return this.#redactor.json(value as Json) as T;
  }

  /** The lines of a text, as many as it has, without any known secret. */
  maskedLines(text: string): readonly string[] {
    return this.#redactor.lines(text);
  }

  /** For events that nothing rests on. A failure shows at the next `commit` or `check`. */
  note(body: EventBody): void {
    this.commit(body).catch(() => undefined);
  }

  /** Whether an event was refused. It may have been kept nevertheless. */
  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** An event was refused because another process goes on with the run: what is on the hosts is its business. */
  get wasTakenOver(): boolean {
    const cause = this.#failure?.cause;
    return cause instanceof StoreFault && cause.kind === 'taken-over';
  }

  /** Throws when an event could not be kept: to be called before anything is sent. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
