import type { EventBody, RunEvent } from '../../src/model/event.ts';
import type { FindingReport, Outcome, StepStatus } from '../../src/model/result.ts';

/** Stamps bodies as a run would. */
export function stamped(...bodies: readonly EventBody[]): readonly RunEvent[] {
  return bodies.map((body, index) => ({ runId: '01test', seq: index + 1, at: '2026-11-22T03:00:00.000Z', ...body }));
}

export const runStarted = (...hosts: readonly string[]): EventBody => ({
  type: 'run-started',
  mode: 'run',
  runbook: 'apache-accept-lock',
  runbookSha256: 'ab',
  hosts,
  startedBy: { user: 'root', loginUser: 'ann', machine: 'ctl', reason: '', trigger: 'person' },
  version: '0.1.0',
});

export const leak: FindingReport = {
  name: 'semaphore_leak',
  severity: 'problem',
  state: 'present',
  summary: '8 of 10 semaphore sets (limit 10) were leaked by dead Apache processes',
  advice: '',
};

export const intended = (host: string, step = 'free', phase: 'fix' | 'rollback' = 'fix'): EventBody => ({
  type: 'step-intended',
  host,
  phase,
  step,
  execution: `${host}.${step}`,
  name: 'Remove leaked semaphore sets',
  action: 'semaphores_remove',
  summary: 'ipcrm -s 3 -s 7',
  text: 'ipcrm -s 3 -s 7',
  sha256: 'cd',
  attempt: 1,
  incarnation: 'i1',
  bootId: 'b1',
});

export const stepEnded = (
  host: string,
  status: StepStatus,
  error = '',
  step = 'free',
  phase: 'fix' | 'verify' = 'fix',
): EventBody => ({
  type: 'step-ended',
  host,
  phase,
  step,
  execution: `${host}.${step}`,
  name: 'Remove leaked semaphore sets',
  action: 'semaphores_remove',
  status,
  error,
  durationMs: 12,
});

export const hostFinished = (
  host: string,
  outcome: Outcome,
  reason = '',
  findings: readonly FindingReport[] = [],
): EventBody => ({ type: 'host-finished', host, outcome, reason, findings, changes: outcome === 'repaired' ? 1 : 0 });

export const runFinished = (counts: Partial<Record<Outcome, number>>, exitCode = 0): EventBody => ({
  type: 'run-finished',
  exitCode,
  durationMs: 23_400,
  counts,
  hosts: {},
});
