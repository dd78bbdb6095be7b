import type { FindingValue } from '../../model/expression.ts';
import type { FindingReport } from '../../model/result.ts';
import type { HostRun } from '../host-run.ts';
import { withoutNewItems, type Binding } from '../stages/binding.ts';
import type { Seen } from './past-item.ts';

/** From now on ids and findings have the values that a former session read: see `adopt`. */
export function adoptSeen(host: HostRun, { steps, reports }: Seen, binding: Binding | undefined): void {
  const values = new Map(reports.map((report) => [report.name, valueOf(report)]));
  host.steps = new Map([...host.steps, ...steps]);
  host.findings = binding === undefined ? values : withoutNewItems(binding, host.run.runbook.findings, values);
  host.reports = reports;
}

/** As `evaluateFindings` gives it to expressions. */
function valueOf({ state, summary, items }: FindingReport): FindingValue {
  if (state === 'undetermined') return { present: false, summary };
  return { present: state === 'present', summary, ...(items !== undefined && { items }) };
}
