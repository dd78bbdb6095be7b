/** What is in the store cannot be read back, as from a damaged disk. */
export class StoreUnreadable extends Error {
  override readonly name = 'StoreUnreadable';
}

/** What it returns, or throws `StoreUnreadable`. */
export function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new StoreUnreadable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
