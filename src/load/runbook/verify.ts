import type { Expression } from '../../model/expression.ts';
import type { Step, Verify } from '../../model/runbook.ts';
import type { Place } from '../place.ts';
import { headOf, type YamlNode } from '../yaml/node.ts';
import type { RunbookContext } from './context.ts';
import { constantMilliseconds, readMilliseconds } from './durations.ts';
import type { RawStep } from './raw-step.ts';

const DEFAULTS_MS = { soak: 10_000, within: 30_000, every: 2_000 } as const;

/** The list of verify steps, in either form. */
export function verifyStepsOf(node: YamlNode | undefined): {
  readonly list: YamlNode | undefined;
  readonly path: string;
} {
  if (node?.kind === 'map') return { list: node.entries.get('steps')?.value, path: 'verify.steps' };
  return { list: node, path: 'verify' };
}

/** The times of a proof; `before`: the steps whose results they may read. */
export function readVerify(
  node: YamlNode,
  steps: readonly Step[],
  before: readonly RawStep[],
  context: RunbookContext,
): Verify | undefined {
  const { report, types, findings } = context;
  const known = new Map([...findings.keys()].map((name) => [name, 'all'] as const));
  const place: Place = { typed: types.scope(before, known), report, phase: 'verify' };
  const read = (key: keyof typeof DEFAULTS_MS): Expression<number> | undefined => {
    const entry = node.kind === 'map' ? node.entries.get(key) : undefined;
    if (entry === undefined) return constantMilliseconds(DEFAULTS_MS[key], headOf(node), place);
    return readMilliseconds(entry.value, key, { least: key === 'soak' ? 0 : 1 }, place);
  };
  const [soak, within, every] = [read('soak'), read('within'), read('every')];
  if (soak === undefined || within === undefined || every === undefined) return undefined;
  return { soak, within, every, steps };
}
