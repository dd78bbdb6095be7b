/** What is in the store cannot be read back, as from a damaged disk. */
export class StoreUnreadable extends Error {
  override readonly name = 'StoreUnreadable';
}
