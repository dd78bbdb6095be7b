import type { Condition, Text } from '../../model/expression.ts';
import { leaveLoops } from '../../model/loops.ts';
import type { GroupLoop } from '../../model/runbook.ts';
import type { Shape } from '../expression/shape.ts';
import type { TypedScope } from '../expression/typed-scope.ts';
import type { Place } from '../place.ts';
import type { Report } from '../report.ts';
import type { Tree } from '../value/tree.ts';
import { headOf, type YamlMap } from '../yaml/node.ts';
import type { RunbookContext, StepToRead } from './context.ts';
import { readLoop, type Loop, type ReadGroupLoop } from './loop.ts';
import type { RawGroup } from './raw-step.ts';
import { enterFragment, insideOf, typesOf } from './enter-fragment.ts';
import type { Frame } from './frame.ts';
import type { Extras, RunbookTypes } from './types.ts';

/** One group around a step, or the step itself, with what names mean in its keys. */
export interface Level {
  readonly node: YamlMap;
  /** In a loop with its `item`. */
  readonly place: Place;
  /** Loops that the step is in and this level is not: they are left before its keys are evaluated. */
  readonly inside: number;
  /** Of an include: the name of its fragment. */
  readonly fragment?: string;
}

export interface Levels {
  /** Outermost first, the step's own last. */
  readonly all: readonly Level[];
  readonly groupLoops: readonly GroupLoop[];
  /** The step's own. */
  readonly loop?: Loop;
  /** Of the step's own keys. */
  readonly place: Place;
  /** What is known there and not everywhere. */
  readonly extras: Extras & { readonly around: ReadonlySet<string> };
  /** Of the file that the step stands in. */
  readonly types: RunbookTypes;
  /** The same place with other names. */
  readonly placeWith: (extras: Extras) => Place;
  /** A place in this file where nothing is known but what is everywhere. */
  readonly outside: (frame: Frame) => Place;
}

/** Each needs scopes of its own, for each step in it. */
const MAX_LOOPS = 5;

/** Reads the loops of the groups around a step and its own, each with the names that are known where it stands. */
export function readLevels({ raw, visible }: StepToRead, context: RunbookContext, undone: Extras): Levels {
  const findings = findingsIn(raw.phase, context);
  const around = raw.groups.filter(({ node }) => hasLoop(node)).map(({ id }) => id);
  let frame = raw.groups[0]?.frame ?? raw.frame;
  let types = typesOf(frame, context);
  let extras: Levels['extras'] = { ...undone, around: new Set([...(undone.around ?? []), ...around]) };
  const placeIn =
    (known: RunbookTypes, { report, files }: Frame) =>
    (names: Extras): Place => {
      let typed: TypedScope | undefined;
      return {
        // Most keys hold no expression: then nobody asks.
        get typed() {
          typed ??= known.scope(visible, findings, names);
          return typed;
        },
        report,
        phase: raw.phase,
        files,
      };
    };
  let placeWith = placeIn(types, frame);
  let place = placeWith(extras);
  const enter = (item: Shape | undefined): void => {
    extras = { ...extras, item: item ?? { kind: 'unknown' }, laps: (extras.laps ?? 0) + 1 };
    place = placeWith(extras);
  };
  const groupLoops: GroupLoop[] = [];
  const all: Omit<Level, 'inside'>[] = [];
  for (const group of raw.groups) {
    if (hasLoop(group.node)) {
      if (groupLoops.length === MAX_LOOPS) reportDepth(group.node, group.frame.report);
      const read = readGroupLoop(group, place, context);
      if (read !== undefined) groupLoops.push(read.loop);
      enter(read?.item);
    }
    all.push({
      node: group.node,
      place,
      ...(group.enters?.include !== undefined && { fragment: group.enters.include.fragment.name }),
    });
    if (group.enters === undefined) continue;
    frame = group.enters;
    types = enterFragment(frame, place, extras, context);
    extras = { ...insideOf(types, extras), around: extras.around, laps: 0 };
    placeWith = placeIn(types, frame);
    place = placeWith(extras);
  }
  const own = raw.node.entries.get('loop');
  const loop = own === undefined ? undefined : readLoop(own.value, place);
  if (own !== undefined) enter(loop?.item);
  all.push({ node: raw.node, place });
  const outside = (file: Frame): Place => placeIn(typesOf(file, context), file)({ around: extras.around });
  return {
    all: all.map(countInside),
    groupLoops,
    ...(loop !== undefined && { loop }),
    ...{ place, extras, placeWith, outside, types },
  };
}

/** Findings are read by what comes after them. */
function findingsIn(
  phase: Place['phase'],
  { findings }: Pick<RunbookContext, 'findings'>,
): ReadonlyMap<string, 'all'> | undefined {
  return phase === 'diagnose' ? undefined : new Map([...findings.keys()].map((name) => [name, 'all']));
}

export function treeAt({ inside }: Level, tree: Tree): Tree {
  return { ...tree, evaluate: (scope) => tree.evaluate(leaveLoops(scope, inside)) };
}

export function conditionAt({ inside }: Level, condition: Condition): Condition {
  return {
    ...condition,
    evaluate: (scope) => condition.evaluate(leaveLoops(scope, inside)),
    explain: (scope) => condition.explain(leaveLoops(scope, inside)),
  };
}

export function textAt({ inside }: Level, text: Text): Text {
  return { ...text, render: (scope) => text.render(leaveLoops(scope, inside)) };
}

function readGroupLoop(group: RawGroup, place: Place, { groupLoops }: RunbookContext): ReadGroupLoop | undefined {
  const known = groupLoops.get(group.id);
  const entry = group.node.entries.get('loop');
  if (known !== undefined || entry === undefined) return known;
  const read = readLoop(entry.value, place);
  if (read === undefined) return undefined;
  const loop: ReadGroupLoop = { loop: { id: group.id, list: read.items }, item: read.item };
  groupLoops.set(group.id, loop);
  return loop;
}

function reportDepth(node: YamlMap, report: Report): void {
  const at = node.entries.get('loop')?.key ?? headOf(node);
  report.error(
    'E_DEPTH',
    at,
    `groups with loops are nested deeper than ${MAX_LOOPS}`,
    'make one list of the inner ones',
  );
}

function countInside(level: Omit<Level, 'inside'>, index: number, all: readonly Omit<Level, 'inside'>[]): Level {
  return { ...level, inside: all.slice(index + 1).filter(({ node }) => hasLoop(node)).length };
}

function hasLoop(node: YamlMap): boolean {
  return node.entries.has('loop');
}
