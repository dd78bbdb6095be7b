import { dirname } from 'node:path';
import type { SourceRange } from '../../model/source.ts';
import type { FragmentFiles, OpenFragment } from '../fragment-files.ts';
import { headOf, type YamlMap, type YamlNode, type YamlScalar } from '../yaml/node.ts';
import { readId, type Frame, type Include } from './frame.ts';
import { Identifiers } from './identifiers.ts';

const MAX_DEPTH = 5;
/** Each makes scopes of its own. */
const MAX_INCLUDES = 500;

/** A fragment at one place where it is included. */
export interface OpenInclude {
  readonly frame: Frame;
  readonly steps: YamlNode | undefined;
}

/** Opens the fragment that a step includes; undefined after a report, there or in its own file. `path`: its place in the runbook. */
export function openInclude(node: YamlMap, path: string, around: Frame, files: FragmentFiles): OpenInclude | undefined {
  const written = node.entries.get('include')?.value;
  const id = readId(node, around);
  const opened = open(written, node, around, files);
  if (opened === undefined || written?.kind !== 'scalar') return void files.noteMissing();
  const { report, contents } = opened;
  const include: Include = { node, around, path, fragment: contents, ...(id !== undefined && { id }) };
  const frame: Frame = {
    kind: 'fragment',
    report,
    files: around.files.from(dirname(around.files.pathOf(written.text))),
    identifiers: new Identifiers(report),
    names: new Map(),
    includes: new Map(),
    include,
  };
  if (id !== undefined) around.includes.set(id, contents.name);
  return { frame, steps: contents.root.entries.get('steps')?.value };
}

function open(
  written: YamlNode | undefined,
  node: YamlMap,
  around: Frame,
  files: FragmentFiles,
): OpenFragment | undefined {
  // The structure check has said so.
  if (written?.kind !== 'scalar' || typeof written.value !== 'string') return undefined;
  const { report } = around;
  const refusal = refusalOf(written, around, files);
  if (refusal !== undefined) return void report.error(refusal.code, written.at, refusal.message, refusal.hint);
  const opened = files.open(written.text, around, [report.lines.range(headOf(node)), ...placesOf(around)]);
  if (opened.ok) return opened.value;
  const { code, message, hint } = opened.error;
  return void report.error(code, written.at, `include: ${JSON.stringify(written.text)}: ${message}`, hint);
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

function refusalOf(written: YamlScalar, around: Frame, files: FragmentFiles): Refusal | undefined {
  if (written.text.includes('${{')) {
    const hint = 'the file is read before any host is known: write the path out, and choose between includes with when';
    return { code: 'E_TYPE', message: 'the path of an include cannot be computed', hint };
  }
  const file = around.files.pathOf(written.text);
  if (filesAround(around, files).includes(file)) {
    const hint = 'take the include out of one of these files';
    return { code: 'E_CYCLE', message: `${written.text} includes itself, by this include`, hint };
  }
  if (depthOf(around) === MAX_DEPTH) {
    const hint = 'include the inner ones from the runbook itself';
    return { code: 'E_DEPTH', message: `fragments include each other deeper than ${MAX_DEPTH}`, hint };
  }
  if (files.countInclude() > MAX_INCLUDES)
    return { code: 'E_SIZE', message: `more than ${MAX_INCLUDES} includes`, hint: 'make several runbooks of it' };
  return undefined;
}

/** From the folder of the runbook. */
function filesAround(frame: Frame, files: FragmentFiles): readonly string[] {
  const { include } = frame;
  if (include === undefined) return [files.top];
  const written = include.node.entries.get('include')?.value;
  const own = written?.kind === 'scalar' ? [include.around.files.pathOf(written.text)] : [];
  return [...own, ...filesAround(include.around, files)];
}

function depthOf({ include }: Frame): number {
  return include === undefined ? 0 : 1 + depthOf(include.around);
}

/** Of the includes that lead to this file, its own first. */
function placesOf({ include }: Frame): readonly SourceRange[] {
  if (include === undefined) return [];
  return [include.around.report.lines.range(headOf(include.node)), ...placesOf(include.around)];
}

/**
 * Gives a step of a fragment the names that the files around call it by: with the id of the include before it, as far as there are
 * ids. False after a report that one of them is taken.
 */
export function nameAround(frame: Frame, id: string, name: string): boolean {
  const outer: (readonly [Frame, string])[] = [];
  let inner = { frame, name };
  for (;;) {
    const { include } = inner.frame;
    if (include?.id === undefined) break;
    const { around, node } = include;
    const called = `${include.id}_${inner.name}`;
    const at = node.entries.get('id')?.value.at ?? headOf(node);
    if (!around.identifiers.addIncluded(called, at, inner.name)) return false;
    outer.push([around, called]);
    inner = { frame: around, name: called };
  }
  for (const [around, called] of outer) around.names.set(id, called);
  return true;
}
