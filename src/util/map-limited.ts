/**
 * Calls `work` for every item, at most `limit` at once, started in order; results are in the order of the items. After a
 * rejection nothing more is started; it is passed on when all that was running has ended.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  const waiting = [...items.entries()];
  const takeTurns = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && failures.length === 0; next = waiting.shift()) {
      const [index, item] = next;
      try {
        results[index] = await work(item);
      } catch (failure) {
        failures.push(failure);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, takeTurns));
  if (failures.length > 0) throw failures[0];
  return results;
}
