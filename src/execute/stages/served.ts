import type { Scope } from '../../model/expression.ts';
import type { Step } from '../../model/runbook.ts';
import { whyNeedless } from '../../model/verdict.ts';
import type { HostRun } from '../host-run.ts';

/** Pure: the findings that a fix step is to be sent for now. */
export function servedBy(host: HostRun, step: Step): readonly string[] {
  return step.for.filter((name) => isServed(host, step, name));
}

/** Pure, in words: why a fix step has nothing to do on the host now; undefined: it has. */
export function whyUnneeded(host: HostRun, step: Step): string | undefined {
  return whyNeedless(step, (name) => isServed(host, step, name));
}

/** Pure: one of the findings that a fix step is for was found. */
export function isFound({ for: names }: Pick<Step, 'for'>, findings: Scope['findings']): boolean {
  return names.some((name) => findings.get(name)?.present === true);
}

/**
 * A repair that was begun is carried through: the first step may have removed the symptom, the restart must still happen. Only
 * a step with a re-test of its own asks for the finding itself.
 */
function isServed(host: HostRun, step: Step, finding: string): boolean {
  if (host.findings.get(finding)?.present === true) return true;
  return step.retest === false && host.treated.has(finding);
}
