import type { FindingReport } from './result.ts';
import type { Runbook, Step } from './runbook.ts';
import type { Diagnosis } from './survey.ts';

/** What a diagnosis means for the host, before any step. `reason` is one line for people. */
export interface Verdict {
  readonly kind: 'not-applicable' | 'healthy' | 'sick' | 'blocked' | 'unserved' | 'undetermined';
  readonly reason: string;
}

/** Pure. `sick`: a problem is present that a fix step serves, and nothing blocks the fix. */
export function verdictOf(runbook: Runbook, diagnosis: Diagnosis): Verdict {
  if (diagnosis.applies.kind === 'no') return { kind: 'not-applicable', reason: 'the runbook does not apply here' };
  if (diagnosis.applies.kind === 'undetermined') return undetermined(diagnosis.applies.why);

  const grave = diagnosis.findings.filter(({ severity }) => severity !== 'info');
  const present = grave.filter(({ state }) => state === 'present');
  const unclear = grave.filter(({ state }) => state === 'undetermined');
  const blocking = present.filter(({ severity }) => severity === 'blocks');
  const blocked = [...blocking, ...unclear.filter(({ severity }) => severity === 'blocks')].length > 0;
  const served = servedFindings(runbook, diagnosis.findings);

  if (served.length > 0 && !blocked) return { kind: 'sick', reason: summaries(served) };
  if (unclear.length > 0) return undetermined(unclear.map(describeUnclear).join('; '));
  if (blocking.length > 0) return { kind: 'blocked', reason: summaries(blocking) };
  if (present.length > 0) return { kind: 'unserved', reason: `${summaries(present)}${leftOutOf(runbook, present)}` };
  return { kind: 'healthy', reason: 'no problem found' };
}

/** What a fix would be begun for. */
export function servedFindings(
  { fix }: Pick<Runbook, 'fix'>,
  findings: readonly FindingReport[],
): readonly FindingReport[] {
  return findings.filter(
    ({ name, severity, state }) =>
      severity !== 'info' && state === 'present' && fix.some((step) => step.for.includes(name)),
  );
}

/** Why a step does nothing in this run, whatever is found; undefined when its findings decide. */
export function whyNeedless(
  step: Pick<Step, 'for' | 'leftOut'>,
  isServed: (finding: string) => boolean,
): string | undefined {
  if (step.leftOut !== undefined) return `left out by ${step.leftOut.by}`;
  return step.for.some(isServed) ? undefined : `${step.for.join(', ')}: not present`;
}

function leftOutOf({ fix }: Pick<Runbook, 'fix'>, present: readonly FindingReport[]): string {
  const names = present.map(({ name }) => name);
  const step = fix.find(({ leftOut }) => leftOut?.for.some((name) => names.includes(name)) === true);
  return step?.leftOut === undefined ? '' : ` (the fix is left out by ${step.leftOut.by})`;
}

/** Problems and blocks whose state could not be told: a host that has one is neither healthy nor repaired. */
export function unclearOf(findings: readonly FindingReport[]): readonly FindingReport[] {
  return findings.filter(({ severity, state }) => severity !== 'info' && state === 'undetermined');
}

export function describeUnclear(finding: FindingReport): string {
  return `${finding.name}: ${finding.error ?? 'could not be determined'}`;
}

export function summaries(findings: readonly FindingReport[]): string {
  return findings.map(({ name, summary }) => summary || name).join('; ');
}

function undetermined(why: string): Verdict {
  return { kind: 'undetermined', reason: `diagnosis incomplete: ${why}` };
}
