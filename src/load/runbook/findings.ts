import type { Finding } from '../../model/runbook.ts';
import type { Severity } from '../../model/result.ts';
import { readCondition, readExpression } from '../conditions.ts';
import { compile, type Compiled } from '../expression/compile.ts';
import { asCondition } from '../expression/condition.ts';
import { shapeInWords, type Shape } from '../expression/shape.ts';
import type { Place } from '../place.ts';
import { Report } from '../report.ts';
import { readText } from '../text.ts';
import { asExpression, jsonOf } from '../value/tree.ts';
import type { Json } from '../../util/json.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../yaml/node.ts';
import type { Identifiers } from './identifiers.ts';
import type { RawStep } from './raw-step.ts';
import type { FindingType, RunbookTypes } from './types.ts';

/** A finding as written. */
export interface RawFinding {
  readonly name: string;
  readonly severity: Severity;
  readonly entry: YamlEntry;
  readonly node: YamlMap;
}

export function readRawFindings(node: YamlNode | undefined, identifiers: Identifiers): readonly RawFinding[] {
  if (node?.kind !== 'map') return [];
  const findings: RawFinding[] = [];
  for (const [name, entry] of node.entries) {
    const valid = identifiers.add(name, entry.key, 'finding');
    if (!valid || entry.value.kind !== 'map') continue;
    const written = entry.value.entries.get('severity')?.value;
    const severity =
      written?.kind === 'scalar' && (written.text === 'info' || written.text === 'blocks') ? written.text : 'problem';
    findings.push({ name, severity, entry, node: entry.value });
  }
  return findings;
}

/** Finds out the types of all findings' items, so that every expression can read them; complaints come later. */
export function inferFindings(
  findings: readonly RawFinding[],
  diagnose: readonly RawStep[],
  types: RunbookTypes,
  report: Report,
): void {
  const known = new Map<string, FindingType>();
  for (const { name, node } of findings) {
    const items = node.entries.get('items')?.value;
    if (items === undefined) {
      known.set(name, {});
      continue;
    }
    const place: Place = {
      typed: types.inferenceScope(diagnose, known),
      report: new Report(report.source),
      phase: 'diagnose',
    };
    const shape = readExpression(items, 'items', place)?.shape;
    known.set(name, { items: shape?.kind === 'list' ? shape : { kind: 'list', of: { kind: 'unknown' } } });
  }
  types.setFindings(known);
}

/** Checks one finding; undefined after reports. */
export function readFinding(
  raw: RawFinding,
  before: readonly RawFinding[],
  diagnose: readonly RawStep[],
  types: RunbookTypes,
  report: Report,
): Finding | undefined {
  const { name, severity, node, entry } = raw;
  const others = before.map((finding) => [finding.name, 'all'] as const);
  const place: Place = { typed: types.scope(diagnose, new Map(others)), report, phase: 'diagnose' };
  const written = node.entries.get('items')?.value;
  const own: Place =
    written === undefined
      ? place
      : { ...place, typed: types.scope(diagnose, new Map([...others, [name, 'items'] as const])) };
  const items = written === undefined ? undefined : readItems(written, place);
  const when = readWhen(raw, own);
  const summary = readKey(node, 'summary', own);
  const advice = readKey(node, 'advice', own);
  if (when === undefined || summary === undefined || (written !== undefined && items === undefined)) return undefined;
  const key = items === undefined ? undefined : keyOf(items.shape);
  return {
    name,
    severity,
    when,
    summary,
    at: report.lines.range(entry.key),
    ...(advice !== undefined && { advice }),
    ...(key !== undefined && { itemKey: key }),
    ...(items !== undefined &&
      written !== undefined && {
        items: asExpression<readonly Json[]>(
          { references: items.references, evaluate: (scope) => chain(items, scope) },
          written.at,
          report,
        ),
      }),
  };
}

function chain(items: Compiled, scope: Parameters<Compiled['run']>[0]): ReturnType<typeof jsonOf> {
  const value = items.run(scope);
  return value.ok ? jsonOf(value.value) : value;
}

function readItems(node: YamlNode, place: Place): Compiled | undefined {
  const compiled = readExpression(node, 'items', place);
  if (compiled === undefined || compiled.shape.kind === 'list' || compiled.shape.kind === 'unknown') return compiled;
  place.report.error(
    'E_TYPE',
    node.at,
    `items must be a list, but this is ${shapeInWords(compiled.shape)}`,
    'write [ ... ] around a single one',
  );
  return undefined;
}

/** By default a finding with items is present when there are any. */
function readWhen({ name, node, entry }: RawFinding, place: Place): Finding['when'] | undefined {
  const written = node.entries.get('when')?.value;
  if (written !== undefined) return readCondition(written, 'when', place);
  const items = node.entries.get('items');
  if (items === undefined) {
    place.report.error(
      'E_REQUIRED',
      entry.key,
      `the finding ${name} needs when`,
      'an expression that is true when something is wrong; or items',
    );
    return undefined;
  }
  const text = `size(findings.${name}.items) > 0`;
  const compiled = compile({ text, place: () => items.value.at }, place.typed, place.report);
  return compiled === undefined ? undefined : asCondition(compiled);
}

function readKey(node: YamlMap, key: string, place: Place): ReturnType<typeof readText> {
  const value = node.entries.get(key)?.value;
  return value === undefined ? undefined : readText(value, key, place);
}

function keyOf(shape: Shape): string | undefined {
  return shape.kind === 'list' && shape.of.kind === 'object' ? shape.of.object.key : undefined;
}
