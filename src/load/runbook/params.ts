import type { Param } from '../../model/runbook.ts';
import type { Type } from '../../model/type.ts';
import { readLiteral } from '../../model/literal.ts';
import { compilePattern } from '../../util/pattern.ts';
import { warnOfDigitGroup } from '../digit-groups.ts';
import type { Report } from '../report.ts';
import { placeIn } from '../source-text.ts';
import { hasSpan } from '../spans.ts';
import { reportLiteral } from '../value/report-literal.ts';
import { plainValue, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from '../yaml/node.ts';
import { isReserved } from './identifiers.ts';

/** What `params:` declares. A param that is wrong is left out after a report; `broken` has its name. */
export function readParams(
  node: YamlNode | undefined,
  report: Report,
): { readonly params: readonly Param[]; readonly broken: ReadonlySet<string> } {
  const params: Param[] = [];
  const broken = new Set<string>();
  if (node?.kind !== 'map') return { params, broken };
  for (const [name, entry] of node.entries) {
    const param = readParam(name, entry, report);
    if (param === undefined) broken.add(name);
    else params.push(param);
  }
  return { params, broken };
}

function readParam(name: string, entry: YamlEntry, report: Report): Param | undefined {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name) || isReserved(name)) {
    report.error(
      'E_ID',
      entry.key,
      `${JSON.stringify(name.slice(0, 80))} cannot be the name of a param`,
      'lower-case letters, digits and _, and no reserved word',
    );
    return undefined;
  }
  if (entry.value.kind !== 'map') return undefined;
  const type = readType(entry.value, report);
  if (type === undefined) return undefined;
  const description = textOf(entry.value, 'description');
  const given = entry.value.entries.get('default')?.value;
  if (given !== undefined) refuseSpans(given, report);
  const value = given === undefined ? undefined : readLiteral(type, plainValue(given));
  if (given !== undefined && value?.ok === false) reportLiteral(type, given, 'default', value.error, { report });
  return {
    name,
    type,
    at: report.lines.range(entry.key),
    ...(description !== undefined && { description: description.text }),
    ...(value?.ok === true && { default: value.value }),
  };
}

/** It would be taken as it stands, which nobody means. */
function refuseSpans(node: YamlNode, report: Report): void {
  if (node.kind === 'list') return node.items.forEach((item) => refuseSpans(item, report));
  if (node.kind === 'scalar' && typeof node.value === 'string' && hasSpan(node.value))
    report.error(
      'E_TEMPLATE',
      node.at,
      'a default is written out: it can hold no ${{ }}',
      'put the expression into the step',
    );
}

function readType(node: YamlMap, report: Report): Type | undefined {
  const name = textOf(node, 'type')?.text;
  const only = (key: string, types: string): void => {
    const entry = node.entries.get(key);
    if (entry !== undefined)
      report.error('E_PARAM', entry.key, `${key} is for ${types}, not for ${name ?? ''}`, 'remove it');
  };
  if (name !== 'list') only('of', 'lists');
  if (name !== 'string') ['enum', 'pattern'].forEach((key) => only(key, 'strings'));
  if (name !== 'integer' && name !== 'number')
    ['minimum', 'maximum'].forEach((key) => only(key, 'integers and numbers'));
  switch (name) {
    case 'string':
      return stringType(node, report);
    case 'integer':
      return { kind: 'int', ...rangeOf(node, report) };
    case 'number':
      return { kind: 'double', ...rangeOf(node, report) };
    case 'list': {
      const of = textOf(node, 'of');
      const kind = of === undefined ? undefined : KINDS[of.text];
      if (kind !== undefined) return { kind: 'list', of: { kind } };
      if (!node.entries.has('of'))
        report.error('E_REQUIRED', node.entries.get('type')?.key ?? node.at, 'a list needs of', 'such as of: string');
      return undefined;
    }
    default: {
      const kind = KINDS[name ?? ''];
      return kind === undefined ? undefined : { kind };
    }
  }
}

const KINDS: Readonly<
  Record<string, 'string' | 'int' | 'double' | 'bool' | 'duration' | 'size' | 'percent' | 'secret'>
> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
  duration: 'duration',
  size: 'size',
  percent: 'percent',
  secret: 'secret',
};

function stringType(node: YamlMap, report: Report): Type {
  const choices = node.entries.get('enum')?.value;
  const pattern = textOf(node, 'pattern');
  if (pattern !== undefined) checkPattern(pattern, report);
  const values =
    choices?.kind === 'list' ? choices.items.map((item) => (item.kind === 'scalar' ? item.text : '')) : undefined;
  return {
    kind: 'string',
    ...(values !== undefined && { enum: values }),
    ...(pattern !== undefined && { pattern: pattern.text }),
  };
}

function checkPattern(node: YamlScalar, report: Report): void {
  const pattern = compilePattern(node.text);
  if (pattern.ok)
    return warnOfDigitGroup(node.text, report, (group, at) => placeIn(node, report, at, at + group.length));
  const { message, part } = pattern.error;
  const at = Math.max(0, part === '' ? 0 : node.text.indexOf(part));
  report.error(
    'E_REGEX',
    placeIn(node, report, at, part === '' ? node.text.length : at + part.length),
    `not an RE2 pattern: ${message}`,
  );
}

function rangeOf(node: YamlMap, report: Report): { readonly minimum?: number; readonly maximum?: number } {
  const minimum = numberOf(node, 'minimum');
  const maximum = numberOf(node, 'maximum');
  const entry = node.entries.get('minimum');
  if (minimum !== undefined && maximum !== undefined && minimum > maximum && entry !== undefined) {
    report.error('E_RANGE', entry.value.at, 'minimum is larger than maximum', 'no value would do');
  }
  return { ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
}

function numberOf(node: YamlMap, key: string): number | undefined {
  const value = node.entries.get(key)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'number' ? value.value : undefined;
}

function textOf(node: YamlMap, key: string): YamlScalar | undefined {
  const value = node.entries.get(key)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value : undefined;
}
