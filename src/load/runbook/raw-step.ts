import type { Action } from '../../model/action.ts';
import type { PhaseName } from '../../model/runbook.ts';
import { suggest } from '../../util/suggest.ts';
import type { FragmentFiles } from '../fragment-files.ts';
import type { Span } from '../line-map.ts';
import { headOf, type YamlEntry, type YamlMap, type YamlNode } from '../yaml/node.ts';
import { pathInside, readId, stepId, type Frame } from './frame.ts';
import { checkGroupKeys, MODIFIERS, refuseFor, refuseWith } from './key-places.ts';
import { nameAround, openInclude } from './raw-include.ts';

/** A step as written: which action, and the keys of its own and of the groups around it. */
export interface RawStep {
  /** The author's, else the place: `fix[2]`. Of a fragment's step, with what the include is called before it. */
  readonly id: string;
  /** The author gave it an id, so expressions can read its result. */
  readonly named: boolean;
  /** The file that it stands in. */
  readonly frame: Frame;
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
  /** The file that it stands in. */
  readonly frame: Frame;
  /** Of an include, its fragment: the steps inside stand in it. */
  readonly enters?: Frame;
}

export interface RawAction {
  readonly action: Action;
  readonly entry: YamlEntry;
}

export interface RawContext {
  readonly actions: ReadonlyMap<string, Action>;
  readonly fragments: FragmentFiles;
}

/** The steps of a list in their order, groups and includes flattened. */
export function readRawSteps(
  list: YamlNode | undefined,
  phase: PhaseName,
  path: string,
  frame: Frame,
  context: RawContext,
): readonly RawStep[] {
  return readLevel(list, phase, path, { groups: [], frame }, context);
}

/** Where a list of steps stands. */
interface Within {
  readonly groups: readonly RawGroup[];
  readonly frame: Frame;
}

function readLevel(
  list: YamlNode | undefined,
  phase: PhaseName,
  path: string,
  within: Within,
  context: RawContext,
): readonly RawStep[] {
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((node, index) => {
    if (node.kind !== 'map') return [];
    const at = `${path}[${index}]`;
    if (within.frame.kind === 'fragment') refuseFor(node, within.frame);
    if (node.entries.has('include')) return readInclude(node, phase, at, within, context);
    const inner = node.entries.get('steps');
    if (inner === undefined) return [readOne(node, phase, at, within, context)];
    checkGroupKeys(node, 'group', within.frame, context.actions);
    const { groups, frame } = within;
    return readLevel(
      inner.value,
      phase,
      `${at}.steps`,
      { groups: [...groups, { id: at, node, frame }], frame },
      context,
    );
  });
}

function readInclude(
  node: YamlMap,
  phase: PhaseName,
  at: string,
  { groups, frame }: Within,
  context: RawContext,
): readonly RawStep[] {
  checkGroupKeys(node, 'include', frame, context.actions);
  const opened = openInclude(node, at, frame, context.fragments);
  if (opened === undefined) return [];
  const inside = { groups: [...groups, { id: at, node, frame, enters: opened.frame }], frame: opened.frame };
  return readLevel(opened.steps, phase, pathInside(opened.frame), inside, context);
}

function readOne(node: YamlMap, phase: PhaseName, at: string, { groups, frame }: Within, context: RawContext): RawStep {
  const name = readId(node, frame);
  const id = (name === undefined ? undefined : nameStep(frame, name)) ?? at;
  if (name !== undefined) frame.names.set(id, name);
  refuseWith(node, frame);
  const action = readAction(node, frame, context);
  const undo = readLevel(node.entries.get('undo')?.value, 'rollback', `${id}.undo`, { groups: [], frame }, context);
  return {
    id,
    named: name !== undefined,
    frame,
    phase,
    node,
    head: headOf(node),
    groups,
    undo,
    ...(action !== undefined && { action }),
  };
}

/** Its id in the runbook; undefined after a report that a file around calls another step so. */
function nameStep(frame: Frame, name: string): string | undefined {
  const id = stepId(frame, name);
  return nameAround(frame, id, name) ? id : undefined;
}

function readAction(node: YamlMap, { report }: Frame, { actions }: RawContext): RawAction | undefined {
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

/** Keys that apply to a step, and the file that they stand in. */
export interface RawLevel {
  readonly node: YamlMap;
  readonly frame: Frame;
}

/** Those of the groups and includes around it, outermost first, and its own. */
export function levelsOf({ groups, node, frame }: RawStep): readonly RawLevel[] {
  return [...groups, { node, frame }];
}

/** The innermost value of a modifier. */
export function modifier(raw: RawStep, key: string): (YamlEntry & Pick<RawLevel, 'frame'>) | undefined {
  const level = levelsOf(raw).findLast(({ node }) => node.entries.has(key));
  const entry = level?.node.entries.get(key);
  return level === undefined || entry === undefined ? undefined : { ...entry, frame: level.frame };
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
