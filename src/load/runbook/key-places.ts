import type { Action } from '../../model/action.ts';
import { STEP_KEYS, type StepKey } from '../schema/keys.ts';
import type { YamlMap } from '../yaml/node.ts';
import type { Frame } from './frame.ts';

/** What a step may have beside its action. */
export const MODIFIERS: ReadonlySet<string> = new Set(STEP_KEYS);
const IN_GROUPS: ReadonlySet<string> = new Set<StepKey>([
  'for',
  'when',
  'loop',
  'become',
  'env',
  'on_failure',
  'retest',
  'name',
  'delegate',
  'tags',
  'steps',
]);
const IN_INCLUDES: ReadonlySet<string> = new Set([...IN_GROUPS, 'id', 'include', 'with']);

/** The findings are those of the runbook. */
export function refuseFor(node: YamlMap, { report }: Frame): void {
  const entry = node.entries.get('for');
  if (entry !== undefined)
    report.error(
      'E_FOR',
      entry.key,
      'a step of a fragment cannot say what it is for',
      'the include says it: move for there',
    );
}

/** Which keys a group or an include may have. */
export function checkGroupKeys(
  node: YamlMap,
  kind: 'group' | 'include',
  { report }: Frame,
  actions: ReadonlyMap<string, Action>,
): void {
  const allowed = kind === 'group' ? IN_GROUPS : IN_INCLUDES;
  const [has, into] =
    kind === 'group'
      ? ['a group has steps', 'move it into steps']
      : ['an include has the steps of its fragment', 'make a second step of it'];
  for (const [key, entry] of node.entries) {
    if (kind === 'include' && key === 'steps')
      report.error('E_TYPE', entry.key, 'an include has the steps of its fragment, not others', into);
    else if (actions.has(key)) report.error('E_TYPE', entry.key, `${has}, not the action ${key}`, into);
    else if (MODIFIERS.has(key) && !allowed.has(key)) {
      const hint = key === 'with' ? 'with gives an include the params of its fragment' : 'give it to the steps inside';
      report.error(
        'E_UNKNOWN_KEY',
        entry.key,
        `${kind === 'group' ? 'a group' : 'an include'} cannot have ${key}`,
        hint,
      );
    }
  }
}

/** Only an include has a fragment to give something to. */
export function refuseWith(node: YamlMap, { report }: Frame): void {
  const entry = node.entries.get('with');
  if (entry !== undefined)
    report.error(
      'E_UNKNOWN_KEY',
      entry.key,
      'with gives an include the params of its fragment',
      'add include, or remove it',
    );
}
