import type { Action } from './action.ts';

/** What an action does to a host, for the person who is about to use it. */
export function describeAction({ effect, risk, undo, idempotent }: Action): string {
  if (effect === 'reads') return 'It only reads.';
  const repeat = `It ${idempotent ? 'may' : 'may not'} be repeated when its result got lost.`;
  return ['It changes the host.', `Risk: ${risk}.`, describeUndo(undo), repeat].filter((part) => part !== '').join(' ');
}

function describeUndo(undo: Action['undo']): string {
  switch (undo?.kind) {
    case undefined:
      return '';
    case 'builtin':
      return `When the proof fails, ${undo.how}.`;
    case 'none':
      return `It cannot be undone: ${undo.reason}.`;
    case 'declare':
      return 'A runbook must say how it is undone.';
  }
}
