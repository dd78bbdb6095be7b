import type { Finding, Runbook, Step } from '../../model/runbook.ts';
import { patternLiterals } from '../../util/pattern-literals.ts';
import { compilePattern } from '../../util/pattern.ts';
import { warnOfDigitGroup } from '../digit-groups.ts';
import type { Report } from '../report.ts';
import { placeIn } from '../source-text.ts';
import { headOf, type YamlNode } from '../yaml/node.ts';
import type { RawFinding } from './findings.ts';
import { findingsServed, type RawGroup, type RawStep } from './raw-step.ts';

/** Every finding has a fix or advice; not said when a fix step does not yet say what it is for. */
export function lintFindings(findings: readonly RawFinding[], fix: readonly RawStep[], report: Report): void {
  const names = new Set(findings.map(({ name }) => name));
  const served = fix.map((step) => findingsServed(step));
  if (served.some((list) => !list.some((name) => names.has(name)))) return;
  for (const { name, node, entry } of findings) {
    if (served.flat().includes(name) || node.entries.has('advice')) continue;
    report.error(
      'E_NO_ADVICE',
      entry.key,
      `nothing fixes ${name}, and it has no advice`,
      'add advice: what a person should do',
    );
  }
}

/** A diagnose step that nobody reads only costs time. Of a fragment, one runbook reads this and another that. */
export function warnOfUnusedSteps(raw: readonly RawStep[], runbook: ReadRunbook): void {
  const used = stepsRead(runbook);
  const includes = new Map<RawGroup, readonly string[]>();
  for (const { phase, id, named, head, frame, groups } of raw) {
    if (phase !== 'diagnose') continue;
    const include = groups.find(({ enters }) => enters !== undefined);
    if (include !== undefined) includes.set(include, [...(includes.get(include) ?? []), id]);
    if (include !== undefined || used.has(id)) continue;
    const what = named ? `nothing refers to ${id}` : 'this step has no id, so nothing can refer to it';
    frame.report.warning('W_UNUSED_STEP', head, what, 'refer to it in a finding, or remove it');
  }
  for (const [{ node, frame }, ids] of includes) {
    const elsewhere = stepsRead({ ...runbook, diagnose: runbook.diagnose.filter(({ id }) => !ids.includes(id)) });
    if (ids.some((id) => elsewhere.has(id))) continue;
    const hint = node.entries.has('id')
      ? 'refer to one in a finding, or remove it'
      : 'give it an id, such as id: state';
    frame.report.warning('W_UNUSED_STEP', headOf(node), 'nothing refers to a step of this include', hint);
  }
}

type ReadRunbook = Pick<Runbook, 'diagnose' | 'applies' | 'findings' | 'fix' | 'verify' | 'rollback'>;

/** Ids of the steps that some expression reads. */
function stepsRead(runbook: ReadRunbook): ReadonlySet<string> {
  const references = [
    ...[runbook.applies, runbook.verify?.soak, runbook.verify?.within, runbook.verify?.every],
    ...runbook.findings.flatMap((finding: Finding) => [finding.items, finding.when, finding.summary, finding.advice]),
    ...[...runbook.diagnose, ...runbook.fix, ...(runbook.verify?.steps ?? []), ...runbook.rollback].flatMap(
      expressionsOf,
    ),
  ];
  return new Set(references.flatMap((expression) => expression?.references.steps ?? []));
}

function expressionsOf(step: Step): readonly (Pick<Finding['when'], 'references'> | undefined)[] {
  const retest = step.retest === false ? undefined : step.retest;
  return [
    step.name,
    step.params,
    ...step.when,
    ...step.groupLoops.map(({ list }) => list),
    step.loop,
    step.until?.condition,
    step.until?.delayMs,
    ...step.expect,
    step.timeoutMs,
    step.env,
    retest,
    ...undoOf(step),
  ];
}

function undoOf({ undo }: Step): ReturnType<typeof expressionsOf> {
  if (undo.kind === 'steps') return undo.steps.flatMap(expressionsOf);
  return undo.kind === 'none' ? [undo.reason] : [];
}

/** A second destructive step for a finding that the first may have removed already. */
export function warnOfHarderSteps(fix: readonly Step[], raw: readonly RawStep[]): void {
  const earlier = new Set<string>();
  for (const step of fix) {
    const again = step.for.find((finding) => earlier.has(finding));
    if (step.risk === 'destructive' && step.retest === false && again !== undefined) {
      const { head, frame } = raw.find(({ id }) => id === step.id) ?? {};
      if (head !== undefined) {
        frame?.report.warning(
          'W_NO_RETEST',
          head,
          `a destructive step for ${again}, which a step before it may have fixed already`,
          'add retest: true, so that it is skipped when the finding is gone by then; or let it come first',
        );
      }
    }
    if (step.effect === 'changes') for (const finding of step.for) earlier.add(finding);
  }
}

export function warnOfPatterns(raw: readonly RawStep[]): void {
  for (const step of raw) {
    for (const [name, field] of Object.entries(step.action?.action.params ?? {})) {
      const params = step.action?.entry.value;
      const node = params?.kind === 'map' ? params.entries.get(name)?.value : undefined;
      if (field.type.kind !== 'patterns' || node?.kind !== 'map') continue;
      for (const entry of node.entries.values()) warnOfPattern(entry.value, step.frame.report);
    }
  }
}

function warnOfPattern(node: YamlNode, report: Report): void {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || !compilePattern(node.text).ok) return;
  warnOfDigitGroup(node.text, report, (group, at) => placeIn(node, report, at, at + group.length));
  if (patternLiterals(node.text) === undefined) {
    report.warning(
      'W_NO_LITERAL',
      node.at,
      'this pattern has no text of three characters that every match contains, so the host cannot search for it',
      'add a longer literal: otherwise every line is sent here',
    );
  }
}
