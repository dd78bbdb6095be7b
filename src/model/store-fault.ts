/**
 * `full`: there is no room. `busy`: another program keeps it locked. `taken-over`: another process goes on with the run. `gone`: the
 * file is not the one that was opened. `broken`: all else, such as an I/O error; what was kept is not sure then.
 */
export type StoreFaultKind = 'full' | 'busy' | 'taken-over' | 'gone' | 'broken';

/** Why a journal keeps nothing any more: what its `commit` rejects with. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault';
  readonly kind: StoreFaultKind;

  /** `message`: in words, without an end. */
  constructor(kind: StoreFaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
