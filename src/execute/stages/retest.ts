import { verdictOf } from '../../model/verdict.ts';
import { newProblems, otherCommand, withoutNewItems, type Binding } from './binding.ts';
import { adopt, diagnose } from './diagnose.ts';
import { lookAhead } from './look-ahead.ts';
import { isFound } from './served.ts';
import type { HostRun } from '../host-run.ts';
import type { StageEnd } from '../lifecycle.ts';

/** What a fresh diagnosis says about going on with the fix. */
export type Retested = StageEnd<'retest'>;

/**
 * Reads the diagnosis anew; its values hold from then on. Under a binding plan it may only shrink: `plan-void` when a problem is
 * new or a step's command differs otherwise, and new items are left alone.
 */
export async function retest(host: HostRun, binding: Binding | undefined): Promise<Retested> {
  if (host.isLost) return { end: 'lost', reason: host.howItBroke('') };
  const read = await diagnose(host, 'retest');
  if (read.kind === 'lost') return { end: 'lost', reason: host.howItBroke('during the re-test') };
  if (read.kind === 'interrupted') return { end: 'interrupted', reason: 'interrupted during the re-test' };
  adopt(host, read);
  host.watch.renewed();
  if (binding !== undefined) {
    host.findings = withoutNewItems(binding, host.run.runbook.findings, host.findings);
    const changed = await whatChanged(host, binding);
    if (changed !== undefined) return { end: 'plan-void', reason: `changed since the plan: ${changed}` };
  }
  const { kind, reason } = verdictOf(host.run.runbook, read.diagnosis);
  if (kind === 'healthy') return { end: kind, reason: 'gone before the fix' };
  if (kind === 'blocked') return { end: kind, reason: `blocked: ${reason}` };
  if (kind === 'unserved') return { end: kind, reason: `no fix for: ${reason}` };
  if (kind === 'sick' && !isAnyServed(host)) return { end: 'unserved', reason: ALL_NEW };
  return { end: kind, reason };
}

const ALL_NEW = 'what the plan would fix is gone, and what is there now is new since: make a new plan';

/** Of the findings without what is new since the plan. */
function isAnyServed({ findings, run }: HostRun): boolean {
  return run.runbook.fix.some((step) => isFound(step, findings));
}

async function whatChanged(host: HostRun, binding: Binding): Promise<string | undefined> {
  const fresh = newProblems(binding, host.reports);
  // Once a step was sent, each of the others is compared when its turn comes: it may depend on what was sent.
  if (fresh !== undefined || host.sent.length > 0) return fresh;
  return otherCommand(binding, host.run.runbook, host.scope(), await lookAhead(host));
}
