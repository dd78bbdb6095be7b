import type { Action } from '../../model/action.ts';
import type { Step, Undo } from '../../model/runbook.ts';
import { plainText, readText } from '../text.ts';
import type { Place } from '../place.ts';
import type { Span } from '../line-map.ts';
import type { RunbookContext, StepToRead } from './context.ts';
import { ownModifier } from './raw-step.ts';

const READS: Undo = { kind: 'none', reason: plainText('it changes nothing') };
const ROLLBACK: Undo = { kind: 'none', reason: plainText('it is part of a rollback itself') };

/** What undoes a step: its own `undo`, else what its action says. Undefined after reports. */
export function readUndo(
  { raw, visible }: StepToRead,
  action: Action,
  effect: 'reads' | 'changes',
  context: RunbookContext,
  place: Place,
  readInner: (step: StepToRead) => Step | undefined,
): Undo | undefined {
  const entry = ownModifier(raw, 'undo');
  if (raw.phase !== 'fix') return effect === 'reads' ? READS : ROLLBACK;
  if (effect === 'reads') {
    if (entry !== undefined)
      context.report.error(
        'E_UNDO',
        entry.key,
        'this step changes nothing, so there is nothing to undo',
        'remove undo',
      );
    return READS;
  }
  if (entry === undefined) return undoOfAction(action, raw.head, context);
  const { value } = entry;
  if (value.kind === 'list') {
    const steps: Step[] = [];
    for (const [index, inner] of raw.undo.entries()) {
      const step = readInner({ raw: inner, visible: [...visible, ...raw.undo.slice(0, index)] });
      if (step !== undefined) steps.push(step);
    }
    return steps.length === raw.undo.length && steps.length > 0 ? { kind: 'steps', steps } : undefined;
  }
  const reason = value.kind === 'map' ? value.entries.get('none')?.value : undefined;
  if (reason === undefined) return undefined;
  const text = readText(reason, 'none', place);
  return text === undefined ? undefined : { kind: 'none', reason: text };
}

function undoOfAction(action: Action, span: Span, { report }: RunbookContext): Undo | undefined {
  switch (action.undo?.kind) {
    case 'builtin':
      return { kind: 'builtin' };
    case 'none':
      return { kind: 'none', reason: plainText(action.undo.reason) };
    default:
      report.error(
        'E_NO_UNDO',
        span,
        `${action.name} must say what undoes it`,
        'add undo: with a list of steps, or undo: { none: the reason }',
      );
      return undefined;
  }
}
