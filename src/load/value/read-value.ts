import { readLiteral } from '../../model/literal.ts';
import { SecretName } from '../../model/scalar-literal.ts';
import type { Fields, ListType, ObjectType, Type } from '../../model/type.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { suggest } from '../../util/suggest.ts';
import type { EvaluationError, Scope } from '../../model/expression.ts';
import { parseDuration } from '../../util/duration.ts';
import type { Span } from '../line-map.ts';
import type { Place } from '../place.ts';
import { readShellText } from '../shell/shell-text.ts';
import { hasSpan } from '../spans.ts';
import { compilePiece, readParts, readPieces } from '../text.ts';
import { plainValue, type YamlList, type YamlMap, type YamlNode, type YamlScalar } from '../yaml/node.ts';
import { misfit } from './fit.ts';
import { readPattern, readPatterns } from './patterns.ts';
import { reportLiteral } from './report-literal.ts';
import { readSourceFile } from './source-file.ts';
import { readTemplateFile } from './template-file.ts';
import { listTree, literalTree, mapped, mapTree, spanTree, textTree, type Tree } from './tree.ts';

/** Where a value is given, for messages and for what only some keys may hold. */
export interface Slot {
  readonly key: string;
  /** Texts that may also be a whole secret: `stdin`, and the values of `env`. */
  readonly secretToo?: boolean;
}

/** A literal, an expression or a mixture, checked against the type it is for; undefined after reports. */
export function readValue(type: Type, node: YamlNode, slot: Slot, place: Place): Tree | undefined {
  switch (type.kind) {
    case 'shell-text':
      return readShellText(node, place);
    case 'source-file':
      return readSourceFile(node, slot.key, place);
    case 'template-file':
      return readTemplateFile(node, slot.key, place);
    case 'pattern':
      return readPattern(node, place);
    case 'patterns':
      return readPatterns(node, slot.key, place);
    case 'list':
      return node.kind === 'list' ? readList(type, node, slot, place) : readScalar(type, node, slot, place);
    case 'map':
      if (node.kind === 'map') return readEntries(type.of, node, slot, place);
      return readScalar(type, node, slot, place);
    case 'object':
      if (node.kind === 'map') return readObject(type, node, slot, place);
      return readScalar(type, node, slot, place);
    case 'since':
      return readSince(type, node, slot, place);
    default:
      return readScalar(type, node, slot, place);
  }
}

function readList(type: ListType, node: YamlList, slot: Slot, place: Place): Tree | undefined {
  // A list of literals and expressions may be written out; one without items is a literal.
  if (node.items.length === 0) return readConstant(type, node, slot, place);
  return all(
    node.items.map((item) => readValue(type.of, item, slot, place)),
    listTree,
  );
}

function all(trees: readonly (Tree | undefined)[], make: (trees: readonly Tree[]) => Tree): Tree | undefined {
  const known = trees.filter((tree) => tree !== undefined);
  return known.length === trees.length ? make(known) : undefined;
}

function readScalar(type: Type, node: YamlNode, slot: Slot, place: Place): Tree | undefined {
  if (node.kind === 'scalar' && node.text.includes('\0')) {
    const hint = 'write it where it is made, such as printf "\\0"';
    return void place.report.error('E_CONTROL', node.at, `${slot.key}: no command can be given a NUL`, hint);
  }
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || !hasSpan(node.value))
    return readConstant(type, node, slot, place);
  const pieces = readPieces(node, place);
  if (pieces === undefined) return undefined;
  const [only] = pieces;
  if (pieces.length === 1 && only?.kind === 'span') return readSpan(type, only, node, slot, place);
  if (type.kind === 'string') {
    const parts = readParts(node, place);
    return parts === undefined ? undefined : textTree(parts, type);
  }
  const hint =
    type.kind === 'secret' ? 'give the secret whole: "${{ params.x }}"' : 'give the whole value as one "${{ }}"';
  place.report.error('E_TYPE', node.at, `${slot.key} is a ${type.kind}, which cannot be put together from text`, hint);
  return undefined;
}

function readSpan(
  type: Type,
  piece: Parameters<typeof compilePiece>[0],
  node: YamlScalar,
  slot: Slot,
  place: Place,
): Tree | undefined {
  const compiled = compilePiece(piece, node, place);
  if (compiled === undefined) return undefined;
  const secret = compiled.shape.kind === 'secret' && slot.secretToo === true;
  const why = secret ? undefined : misfit(compiled.shape, type);
  if (why === undefined) return spanTree(compiled, secret ? { kind: 'secret' } : type);
  const span = compiled.source.place(0, compiled.source.text.length);
  const isSecret = compiled.shape.kind === 'secret';
  const hint = isSecret
    ? 'a secret may be given to env, to stdin and to secret params only'
    : hintFor(type, compiled.shape.kind);
  place.report.error(isSecret ? 'E_SECRET' : 'E_TYPE', span, `${slot.key}: ${why}`, hint);
  return undefined;
}

function hintFor(type: Type, shape: string): string {
  if (type.kind === 'string' && shape !== 'list' && shape !== 'object' && shape !== 'map') return 'use text(x)';
  if (type.kind === 'int' && shape === 'double') return 'use int(x)';
  if (shape === 'list') return 'use .join(", ") for a text, or [0] for the first item';
  return type.kind === 'list' ? 'write [ ] around it: ["${{ x }}"]' : `give it something that is a ${type.kind}`;
}

function readConstant(type: Type, node: YamlNode, slot: Slot, place: Place): Tree | undefined {
  if (node.kind === 'scalar' && node.value instanceof SecretName) {
    place.report.error(
      'E_SECRET',
      node.at,
      '!secret stands in params files, inventories and defaults, not in a step',
      'declare a param of type secret and write "${{ params.x }}"',
    );
    return undefined;
  }
  if (type.kind === 'secret' && node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '') {
    place.report.error(
      'E_PLAINTEXT_SECRET',
      node.at,
      `${slot.key} is a secret, and this one stands in clear text`,
      'declare a param of type secret and write "${{ params.x }}"',
    );
    return undefined;
  }
  const value = readLiteral(type, plainValue(node));
  if (value.ok) return literalTree(value.value);
  reportLiteral(type, node, slot.key, value.error, place);
  return undefined;
}

function readEntries(of: Type, node: YamlMap, slot: Slot, place: Place): Tree | undefined {
  const entries = [...node.entries].map(([key, entry]) => {
    const tree = readEntry(of, entry.value, { ...slot, key: `${slot.key}.${key}` }, place);
    return tree === undefined ? undefined : ([key, tree] as const);
  });
  const known = entries.filter((entry) => entry !== undefined);
  return known.length === entries.length ? mapTree(known) : undefined;
}

/** A map of texts takes scalars of any type. */
function readEntry(of: Type, node: YamlNode, slot: Slot, place: Place): Tree | undefined {
  if (of.kind !== 'string' || node.kind !== 'scalar') return readValue(of, node, slot, place);
  if (typeof node.value === 'number' || typeof node.value === 'boolean') return literalTree(node.text);
  const pieces = hasSpan(node.text) ? readPieces(node, place) : undefined;
  const [only] = pieces ?? [];
  if (pieces?.length !== 1 || only?.kind !== 'span') return readValue(of, node, slot, place);
  const compiled = compilePiece(only, node, place);
  if (compiled === undefined) return undefined;
  if (compiled.shape.kind === 'secret' || misfit(compiled.shape, of) === undefined)
    return readSpan(of, only, node, slot, place);
  const parts = readParts(node, place);
  return parts === undefined ? undefined : textTree(parts, of);
}

function readObject(type: ObjectType, node: YamlMap, slot: Slot, place: Place): Tree | undefined {
  return readFields(type.fields, node, slot.key, node.at, place);
}

/** The fields of an object, or the params of an action. `at`: where a missing one is reported. */
export function readFields(fields: Fields, node: YamlMap, owner: string, at: Span, place: Place): Tree | undefined {
  const read = readEachField(fields, node, { owner, at, mayBeSecret: (key) => key === 'stdin' }, place);
  return read.failed ? undefined : mapTree(read.fields);
}

interface Owner {
  readonly owner: string;
  /** Where a missing one is reported. */
  readonly at: Span;
  /** Which texts may also be a whole secret. */
  readonly mayBeSecret: (key: string) => boolean;
}

/** Each by itself; those with something wrong are reported and left out. */
export function readEachField(
  fields: Fields,
  node: Pick<YamlMap, 'entries'>,
  { owner, at, mayBeSecret }: Owner,
  place: Place,
): { readonly fields: readonly (readonly [string, Tree])[]; readonly failed: boolean } {
  const entries: (readonly [string, Tree])[] = [];
  let failed = false;
  for (const [key, entry] of node.entries) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) {
      reportUnknownKey(key, entry.key, Object.keys(fields), owner, place);
      failed = true;
      continue;
    }
    const tree = readValue(field.type, entry.value, { key, secretToo: mayBeSecret(key) }, place);
    if (tree === undefined) failed = true;
    else entries.push([key, tree]);
  }
  for (const [key, field] of Object.entries(fields)) {
    if (field.optional === true || node.entries.has(key)) continue;
    place.report.error('E_REQUIRED', at, `${owner} needs ${key}`, field.description);
    failed = true;
  }
  return { fields: entries, failed };
}

function reportUnknownKey(key: string, span: Span, known: readonly string[], owner: string, place: Place): void {
  const near = suggest(key, known);
  const hint =
    near === undefined
      ? known.length === 0
        ? `${owner} takes no params`
        : `it takes ${known.join(', ')}`
      : `did you mean ${near}?`;
  place.report.error('E_UNKNOWN_KEY', span, `${owner} has no param ${key}`, hint);
}

function readSince(type: Type, node: YamlNode, slot: Slot, place: Place): Tree | undefined {
  if (node.kind === 'scalar' && node.value === 'fix' && place.phase !== 'verify') {
    place.report.error('E_SINCE', node.at, 'since: fix has a meaning in verify only', 'write a duration such as 24h');
    return undefined;
  }
  const tree = readScalar(type, node, slot, place);
  return tree === undefined ? undefined : mapped(tree, sinceMoment);
}

/** A duration back from now, a timestamp, or `fix`, as a moment of the host's clock. */
function sinceMoment(value: unknown, { time }: Scope): Result<unknown, EvaluationError> {
  const text = String(value);
  const duration = parseDuration(text);
  let moment = duration.ok ? new Date(Date.parse(time.now) - duration.value).toISOString() : text;
  if (text === 'fix') {
    if (time.fixStarted === undefined)
      return err({ kind: 'missing', message: 'no fix step was sent, so there is no since: fix' });
    moment = time.fixStarted;
  }
  const floor = time.sinceFloor;
  return ok(floor !== undefined && Date.parse(floor) > Date.parse(moment) ? floor : moment);
}
