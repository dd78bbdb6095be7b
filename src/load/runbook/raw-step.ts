import type { Action } from '../../model/action.ts';
import type { PhaseName } from '../../model/runbook.ts';
import { suggest } from '../../util/suggest.ts';
import type { Span } from '../line-map.ts';
import type { Report } from '../report.ts';
import { STEP_KEYS, type StepKey } from '../schema/keys.ts';
import { headOf, type YamlEntry, type YamlMap, type YamlNode } from '../yaml/node.ts';
import type { Identifiers } from './identifiers.ts';

/** A step as written: which action, and the keys of its own and of the groups around it. */
export interface RawStep {
  /** The author's, else the place: `fix[2]`. */
  readonly id: string;
  /** The author gave it an id, so expressions can read its result. */
  readonly named: boolean;
  readonly phase: PhaseName;
  readonly node: YamlMap;
  readonly head: Span;
  /** Undefined when it was reported as missing or unknown. */
  readonly action?: RawAction;
  /** Outermost first. */
  readonly groups: readonly RawGroup[];
  /** The steps of its `undo` list. */
  readonly undo: readonly RawStep[];
}

export interface RawGroup {
  /** Its place: `fix[2]`. */
  readonly id: string;
  readonly node: YamlMap;
}

export interface RawAction {
  readonly action: Action;
  readonly entry: YamlEntry;
}

const MODIFIERS: ReadonlySet<string> = new Set(STEP_KEYS);
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
  'steps',
]);

export interface RawContext {
  readonly actions: ReadonlyMap<string, Action>;
  readonly identifiers: Identifiers;
  readonly report: Report;
}

/** The steps of a list in their order, groups flattened. */
export function readRawSteps(
  list: YamlNode | undefined,
  phase: PhaseName,
  path: string,
  context: RawContext,
): readonly RawStep[] {
  return readLevel(list, phase, path, [], context);
}

function readLevel(
  list: YamlNode | undefined,
  phase: PhaseName,
  path: string,
  groups: readonly RawGroup[],
  context: RawContext,
): readonly RawStep[] {
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((node, index) => {
    if (node.kind !== 'map') return [];
    const at = `${path}[${index}]`;
    const inner = node.entries.get('steps');
    if (inner === undefined) return [readOne(node, phase, at, groups, context)];
    reportGroupKeys(node, context);
    return readLevel(inner.value, phase, `${at}.steps`, [...groups, { id: at, node }], context);
  });
}

function reportGroupKeys(group: YamlMap, { actions, report }: RawContext): void {
  for (const [key, entry] of group.entries) {
    if (actions.has(key))
      report.error('E_TYPE', entry.key, `a group has steps, not the action ${key}`, 'move it into steps');
    else if (MODIFIERS.has(key) && !IN_GROUPS.has(key))
      report.error('E_UNKNOWN_KEY', entry.key, `a group cannot have ${key}`, 'give it to the steps inside');
  }
}

function readOne(
  node: YamlMap,
  phase: PhaseName,
  path: string,
  groups: readonly RawGroup[],
  context: RawContext,
): RawStep {
  const { identifiers } = context;
  const id = node.entries.get('id')?.value;
  const written = id?.kind === 'scalar' && typeof id.value === 'string' ? id : undefined;
  const named = written !== undefined && identifiers.add(written.text, written.at, 'id');
  const action = readAction(node, context);
  return {
    id: named ? written.text : path,
    named,
    phase,
    node,
    head: headOf(node),
    groups,
    undo: readLevel(node.entries.get('undo')?.value, 'rollback', `${named ? written.text : path}.undo`, [], context),
    ...(action !== undefined && { action }),
  };
}

function readAction(node: YamlMap, { actions, report }: RawContext): RawAction | undefined {
  const found = [...node.entries].filter(([key]) => actions.has(key));
  const [first, second] = found;
  if (second !== undefined) {
    report.error(
      'E_ONE_ACTION',
      second[1].key,
      `a step has one action, and ${first?.[0] ?? ''} is there already`,
      'make a second step of it',
    );
    return undefined;
  }
  const action = first === undefined ? undefined : actions.get(first[0]);
  if (first !== undefined && action !== undefined) return { action, entry: first[1] };
  // A key that is no modifier was meant as the action and is reported as unknown.
  const meant = [...node.entries.keys()].find((key) => !MODIFIERS.has(key));
  if (meant === undefined) {
    const near = suggest('command', actions.keys());
    report.error(
      'E_NO_ACTION',
      headOf(node),
      'this step has no action',
      `add one, such as ${near ?? 'service'}: { ... }`,
    );
  }
  return undefined;
}

/** The maps whose keys apply to a step: those of the groups around it, outermost first, and its own. */
export function nodesOf({ groups, node }: RawStep): readonly YamlMap[] {
  return [...groups.map((group) => group.node), node];
}

/** The innermost value of a modifier. */
export function modifier(raw: RawStep, key: string): YamlEntry | undefined {
  return nodesOf(raw)
    .findLast((level) => level.entries.has(key))
    ?.entries.get(key);
}

/** Only what the step itself says. */
export function ownModifier(raw: RawStep, key: string): YamlEntry | undefined {
  return raw.node.entries.get(key);
}

/** What `for` names. */
export function findingsServed(raw: RawStep): readonly string[] {
  const node = modifier(raw, 'for')?.value;
  if (raw.phase !== 'fix' || node === undefined || node.kind === 'map') return [];
  const nodes = node.kind === 'list' ? node.items : [node];
  return nodes.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []));
}
