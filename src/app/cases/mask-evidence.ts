import type { Evidence, KeptAnswer, KeptSight } from '../../model/evidence.ts';
import type { Runbook, Step } from '../../model/runbook.ts';
import type { Json } from '../../util/json.ts';
import { maskBytes } from '../../util/mask-bytes.ts';
import type { SecretMask } from './secret-mask.ts';

/** Pure: what may be kept of it. Of a step with `no_log` nothing that it printed is. */
export function maskEvidence(evidence: Evidence, runbook: Runbook, mask: SecretMask): Evidence {
  const silent = new Set(allSteps(runbook).flatMap(({ id, noLog }) => (noLog ? [id] : [])));
  const isSilent = (step: string): boolean => silent.has(step.replace(/\.undo(?:\[\d+\])?$/, ''));
  const text = (step: string, printed: string): string =>
    isSilent(step) ? maskBytes(printed, [{ start: 0, end: printed.length }]) : mask.text(printed);
  const answer = <T extends KeptAnswer>(step: string, kept: T): T => ({
    ...kept,
    stdout: text(step, kept.stdout),
    stderr: text(step, kept.stderr),
  });
  const any = (step: string, kept: KeptAnswer | KeptSight): KeptAnswer | KeptSight =>
    'seen' in kept
      ? { ...kept, seen: inJson(kept.seen as unknown as Json, (part) => text(step, part)) as never }
      : answer(step, kept);
  return {
    ...evidence,
    states: evidence.states.map(({ change, said, ...state }) => ({
      ...state,
      ...(change !== undefined && { change: answer(change.step, { ...change, sent: mask.text(change.sent) }) }),
      said: said.map(({ answers, ...asker }) => ({ ...asker, answers: answers.map((kept) => any(asker.step, kept)) })),
    })),
  };
}

function allSteps({ diagnose, fix, verify, rollback }: Runbook): readonly Step[] {
  const own = [...diagnose, ...fix, ...(verify?.steps ?? []), ...rollback];
  return own.flatMap((step) => (step.undo.kind === 'steps' ? [step, ...step.undo.steps] : [step]));
}

/** Every text in it; names of members stay. */
function inJson(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element: Json) => inJson(element, change));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inJson(member, change)]));
}
