/**
 * `full`: there is no room. `busy`: another program keeps it locked. `taken-over`: another process goes on with the run. `gone`: the
 * file is not the one that was opened. `broken`: all else, such as an I/O error; what was kept is not sure then.
 */
export type StoreFaultKind = 'full' | 'busy' | 'taken-over' | 'gone' | 'broken';

/** Why a store failed: what the `commit` of a journal rejects with, and what those throw that read and write schedules and notifications. */
export class StoreFault extends Error {
  override readonly name: string = 'StoreFault';
  readonly kind: StoreFaultKind;

  /** `message`: in words, without an end. */
  constructor(kind: StoreFaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
