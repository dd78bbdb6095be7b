import { StoreFault } from '../model/store-fault.ts';

/** What is in the store cannot be read back, as from a damaged disk: what outlives faults of its store outlives this, too. */
export class StoreUnreadable extends StoreFault {
  override readonly name = 'StoreUnreadable';

  /** `cause`: what SQLite said. */
  constructor(cause: unknown) {
    super('broken', cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** What it returns, or throws `StoreUnreadable`. */
export function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new StoreUnreadable(cause);
  }
}
