import { mayHaveChanged, type SentStep } from '../steps/sent-step.ts';

export const SERVICE = 'service';

/**
 * Pure: what may have been changed, the last first. A service comes after all else that is undone on the same host, and before what is
 * undone later on another one: a server is up again before it is put back into its pool.
 */
export function inUndoOrder(sent: readonly SentStep[]): readonly SentStep[] {
  const backwards = sent.filter(mayHaveChanged).toReversed();
  const order: SentStep[] = [];
  let waiting: readonly SentStep[] = [];
  for (const [index, step] of backwards.entries()) {
    const isLast = ({ on }: SentStep): boolean =>
      !backwards.slice(index + 1).some((later) => later.on === on && !isService(later));
    if (isService(step)) waiting = [...waiting, step];
    else order.push(step);
    order.push(...waiting.filter(isLast));
    waiting = waiting.filter((service) => !isLast(service));
  }
  return order;
}

export function isService({ step, attempts }: SentStep): boolean {
  return (
    step.undo.kind === 'builtin' && attempts.some(({ undo: undos }) => undos?.some(({ action }) => action === SERVICE))
  );
}
