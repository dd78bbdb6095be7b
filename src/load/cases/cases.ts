import type { Case, CaseResult, Fault } from '../../model/case.ts';
import { readLiteral } from '../../model/literal.ts';
import type { Runbook } from '../../model/runbook.ts';
import type { Diagnostic, SourceFile } from '../../model/source.ts';
import { suggest } from '../../util/suggest.ts';
import type { Span } from '../line-map.ts';
import { checkAgainst } from '../check-against.ts';
import { Report } from '../report.ts';
import { readDocument } from '../yaml.ts';
import { plainValue, type YamlEntry, type YamlMap } from '../yaml/node.ts';
import { checkName } from './names.ts';
import { casesSchema } from './schemas.ts';
import { CASE_WORDS } from './words.ts';

export interface LoadedCases {
  /** In the order of the file; absent when there is an error. */
  readonly cases?: readonly Case[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a file of cases speaks of. */
export interface CaseContext {
  readonly runbook: Runbook;
  readonly faults: readonly Fault[];
}

/** Reads `cases.yaml` and checks it against the runbook and its faults: names, params, and what can be expected at all. Pure. */
export function loadCases(source: SourceFile, context: CaseContext): LoadedCases {
  const report = new Report(source);
  const root = readDocument(report);
  if (
    root === undefined ||
    !checkAgainst(casesSchema, root, CASE_WORDS, report) ||
    report.failed ||
    root.kind !== 'map'
  ) {
    return { diagnostics: report.diagnostics };
  }
  const entries = mapAt(root, 'cases')?.entries ?? new Map<string, YamlEntry>();
  const cases = [...entries].flatMap(([name, entry]) => readCase(name, entry, context, report) ?? []);
  return { ...(!report.failed && { cases }), diagnostics: report.diagnostics };
}

function readCase(name: string, { key, value }: YamlEntry, context: CaseContext, report: Report): Case | undefined {
  if (value.kind !== 'map') return undefined;
  checkName(name, key, report);
  const expect = mapAt(value, 'expect');
  const fault = readFault(value, context, report);
  const params = readParams(value, context.runbook, key, report);
  const proofFails = checkProof(value, context.runbook, report);
  const { untouched, holds, summary } = plainValue(value) as Partial<Case> & Pick<Case, 'summary'>;
  if (expect === undefined) return undefined;
  return {
    name,
    summary,
    ...(fault !== undefined && { fault }),
    params,
    proofFails,
    expect: readExpected(expect, context.runbook, report),
    ...(untouched !== undefined && { untouched }),
    ...(holds !== undefined && { holds }),
    at: report.lines.range(key),
  };
}

function readFault(value: YamlMap, { faults }: CaseContext, report: Report): Fault | undefined {
  const node = value.entries.get('fault')?.value;
  if (node === undefined) return undefined;
  const name = String(plainValue(node));
  const fault = faults.find((each) => each.name === name);
  if (fault === undefined) {
    reportUnknown({ what: 'fault', where: 'faults.yaml', name, at: node.at }, faults, report);
  }
  return fault;
}

function readParams(
  value: YamlMap,
  { name: where, params }: Runbook,
  owner: YamlEntry['key'],
  report: Report,
): Case['params'] {
  const entries = mapAt(value, 'params')?.entries ?? new Map<string, YamlEntry>();
  for (const { name, default: standard } of params) {
    if (standard !== undefined || entries.has(name)) continue;
    report.error('E_REQUIRED', owner, `${where} needs the param ${name}`, `write params: { ${name}: ... }`);
  }
  return [...entries].map(([name, entry]) => {
    const written = plainValue(entry.value);
    const param = params.find((each) => each.name === name);
    if (param === undefined) {
      reportUnknown({ what: 'param', where, name, at: entry.key }, params, report);
    } else {
      const read = readLiteral(param.type, written);
      const code = param.type.kind === 'secret' ? 'E_PLAINTEXT_SECRET' : 'E_PARAM';
      if (!read.ok) report.error(code, entry.value.at, `the param ${name}: ${read.error}`);
    }
    return { name, value: written, at: report.lines.range({ start: entry.key.start, end: entry.value.at.end }) };
  });
}

function checkProof(value: YamlMap, { name, verify }: Runbook, report: Report): boolean {
  const entry = value.entries.get('proof');
  if (entry !== undefined && verify === undefined) {
    report.error('E_VALUE', entry.key, `${name} has no verify, so no proof can fail`, 'remove proof');
  }
  return entry !== undefined;
}

function readExpected(value: YamlMap, { name, findings, fix }: Runbook, report: Report): CaseResult {
  const steps = fix.map(({ id }) => ({ name: id }));
  return {
    outcome: (plainValue(value) as CaseResult).outcome,
    findings: readNames(value, 'findings', { what: 'finding', where: name, known: findings }, report),
    changed: readNames(value, 'changed', { what: 'fix step', where: name, known: steps }, report),
  };
}

function readNames(
  value: YamlMap,
  key: string,
  { known, ...about }: Pick<Unknown, 'what' | 'where'> & { readonly known: readonly Named[] },
  report: Report,
): readonly string[] {
  const list = value.entries.get(key)?.value;
  const names: string[] = [];
  for (const node of list?.kind === 'list' ? list.items : []) {
    const name = String(plainValue(node));
    if (!known.some((each) => each.name === name)) reportUnknown({ ...about, name, at: node.at }, known, report);
    if (names.includes(name)) report.error('E_DUPLICATE', node.at, `${name} is named twice`, 'name it once');
    names.push(name);
  }
  return names;
}

interface Named {
  readonly name: string;
}

/** A name that stands for nothing. */
interface Unknown extends Named {
  readonly what: string;
  readonly where: string;
  readonly at: Span;
}

function reportUnknown({ what, where, name, at }: Unknown, known: readonly Named[], report: Report): void {
  const names = known.map((each) => each.name);
  const near = suggest(name, names);
  const all = names.length === 0 ? 'it has none' : `there are ${names.join(', ')}`;
  const hint = near === undefined ? all : `did you mean ${near}?`;
  report.error('E_REF', at, `there is no ${what} ${JSON.stringify(name)} in ${where}`, hint);
}

function mapAt(map: YamlMap, key: string): YamlMap | undefined {
  const value = map.entries.get(key)?.value;
  return value?.kind === 'map' ? value : undefined;
}
