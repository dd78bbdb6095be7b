import type { ComposedStep } from '../../model/expand-step.ts';
import type { Step } from '../../model/runbook.ts';
import type { Script } from '../../model/script.ts';
import { MASK, Secret } from '../../util/secret.ts';

/** Pure: why a step of a resumed run may not be sent: a value in it was masked in the record. Undefined: none was. */
export function whyMasked(
  step: Pick<Step, 'params'>,
  { params, script }: Pick<ComposedStep, 'params'> & { readonly script?: Script },
): string | undefined {
  if (step.params.source.includes(MASK)) return undefined;
  return holdsMask([params, script]) ? MASKED : undefined;
}

const MASKED =
  'it needs a value that was secret when the run was cut short, and that its record does not hold: not sent';

function holdsMask(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(MASK);
  if (typeof value !== 'object' || value === null || value instanceof Secret) return false;
  return Object.values(value).some(holdsMask);
}
