import type { FindingValue, Scope } from '../../model/expression.ts';
import type { FindingReport } from '../../model/result.ts';
import type { Finding } from '../../model/runbook.ts';

export interface EvaluatedFindings {
  /** What fix, verify and undo see: an undetermined finding is not present there. */
  readonly values: ReadonlyMap<string, FindingValue>;
  readonly reports: readonly FindingReport[];
}

/**
 * Pure: findings in the runbook's order, each seeing those before it and its own `items`. One that reads an undetermined
 * finding is undetermined too, unless its expression holds without it.
 */
export function evaluateFindings(findings: readonly Finding[], scope: Scope): EvaluatedFindings {
  const known = new Map<string, FindingValue>();
  const reports = findings.map((finding) => evaluateFinding(finding, scope, known));
  const values = new Map(known);
  for (const { name, summary, state } of reports) {
    if (state === 'undetermined') values.set(name, { present: false, summary });
  }
  return { values, reports };
}

function evaluateFinding(finding: Finding, scope: Scope, known: Map<string, FindingValue>): FindingReport {
  const { name } = finding;
  const seen = (): Scope => ({ ...scope, findings: known });
  const items = finding.items?.evaluate(seen());
  if (items !== undefined && !items.ok) return undetermined(finding, seen(), items.error.message);

  const own = items === undefined ? {} : { items: items.value };
  const told = { ...own, ...(finding.itemKey !== undefined && { itemKey: finding.itemKey }) };
  known.set(name, { present: false, summary: '', ...own });
  const when = finding.when.evaluate(seen());
  if (!when.ok) {
    known.delete(name);
    return undetermined(finding, seen(), when.error.message, told);
  }

  const summary = when.value ? finding.summary.render(seen()) : '';
  const advice = when.value ? (finding.advice?.render(seen()) ?? '') : '';
  known.set(name, { present: when.value, summary, ...own });
  return { name, severity: finding.severity, state: when.value ? 'present' : 'absent', summary, advice, ...told };
}

function undetermined(
  finding: Finding,
  scope: Scope,
  error: string,
  own: Pick<FindingReport, 'items' | 'itemKey'> = {},
): FindingReport {
  const { name, severity } = finding;
  return { name, severity, state: 'undetermined', summary: finding.summary.render(scope), advice: '', error, ...own };
}
