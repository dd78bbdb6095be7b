import type { Param } from '../../model/runbook.ts';
import type { FilesBeside } from '../files-beside.ts';
import type { Report } from '../report.ts';
import type { YamlMap } from '../yaml/node.ts';
import type { Identifiers } from './identifiers.ts';

/** A file of steps where it is read: the runbook, or a fragment at one of its includes. */
export interface Frame {
  readonly kind: 'runbook' | 'fragment';
  readonly report: Report;
  /** Of which relative paths begin in the folder of this file. */
  readonly files: FilesBeside;
  readonly identifiers: Identifiers;
  /** What expressions of this file call the steps that they can name, by the ids that these have in the runbook. */
  readonly names: Map<string, string>;
  /** The ids of includes, with their fragments: they name no step. */
  readonly includes: Map<string, string>;
  /** Absent in the runbook, and in a fragment that is checked by itself. */
  readonly include?: Include;
}

/** How a fragment was taken in. */
export interface Include {
  /** The step that says `include`, which stands in this frame. */
  readonly node: YamlMap;
  readonly around: Frame;
  /** Its place: unique in the runbook. */
  readonly path: string;
  /** As written; absent when there is none, or it was reported. */
  readonly id?: string;
  readonly fragment: Fragment;
}

/** What a fragment says of itself. */
export interface Fragment {
  readonly name: string;
  readonly params: readonly Param[];
  /** Names of params that were reported. */
  readonly broken: ReadonlySet<string>;
}

/** The id that a step or an include says, if it may have it in its file. */
export function readId(node: YamlMap, { identifiers }: Frame): string | undefined {
  const id = node.entries.get('id')?.value;
  if (id?.kind !== 'scalar' || typeof id.value !== 'string') return undefined;
  return identifiers.add(id.text, id.at, 'id') ? id.text : undefined;
}

/** The id in the runbook of a step that is called so in this file. */
export function stepId({ include }: Frame, name: string): string {
  if (include === undefined) return name;
  return include.id === undefined ? `${include.path}.${name}` : stepId(include.around, `${include.id}_${name}`);
}

/** Where the steps of a fragment begin: `fix[2].steps`, or with an id `drain.steps`. */
export function pathInside({ include }: Frame): string {
  if (include === undefined) return '';
  return `${include.id === undefined ? include.path : stepId(include.around, include.id)}.steps`;
}
