/** As `Promise.all`, but a rejection is passed on only when all the others have ended too: nothing is left running behind. */
export async function settleAll<T>(promises: Iterable<Promise<T>>): Promise<readonly T[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
