import type { FindingReport } from '../../model/result.ts';
import { describeUnclear, summaries, unclearOf } from '../../model/verdict.ts';
import { diagnose } from './diagnose.ts';
import { interruptedAfter } from './fix-end.ts';
import type { HostRun } from '../host-run.ts';
import type { StageEnd } from '../lifecycle.ts';

type ProofEnd = StageEnd<'proof'>;

/** The findings are gone: the diagnosis is read once more, into values no expression sees, back to the first fix step only. */
export async function prove(host: HostRun): Promise<ProofEnd> {
  const read = await diagnose(host, 'proof');
  if (read.kind === 'lost') return { end: 'lost', reason: host.howItBroke('during the last diagnosis') };
  if (read.kind === 'interrupted') return { end: 'interrupted', reason: interruptedAfter(host) };
  const { applies, findings } = read.diagnosis;
  host.reports = findings;
  if (applies.kind !== 'yes') return { end: 'failed', reason: 'the runbook does not apply any more after the fix' };
  return judgeProof(host.treated, host.reportsBefore, findings);
}

/** Pure. `treated`: findings for which a fix step was sent; `before`: as they were last before the first change. */
export function judgeProof(
  treated: ReadonlySet<string>,
  before: readonly FindingReport[],
  after: readonly FindingReport[],
): ProofEnd {
  const still = after.filter(({ name, state }) => treated.has(name) && state === 'present');
  if (still.length > 0) return { end: 'failed', reason: `still there: ${summaries(still)}` };
  const unclear = unclearOf(after);
  const unproven = unclear.filter(({ name }) => treated.has(name));
  if (unproven.length > 0) {
    return { end: 'failed', reason: `not known to be gone: ${unproven.map(describeUnclear).join('; ')}` };
  }
  const present = after.filter(({ severity, state }) => severity !== 'info' && state === 'present');
  const absentBefore = new Set(before.filter(({ state }) => state === 'absent').map(({ name }) => name));
  const fresh = present.filter(({ name }) => absentBefore.has(name));
  if (fresh.length > 0) return { end: 'failed', reason: `new since the fix: ${summaries(fresh)}` };
  if (unclear.length > 0) {
    return { end: 'undetermined', reason: `diagnosis incomplete: ${unclear.map(describeUnclear).join('; ')}` };
  }
  if (present.length > 0) return { end: 'another-problem', reason: `fixed, but still there: ${summaries(present)}` };
  return { end: 'gone', reason: `the finding is gone: ${[...treated].join(', ')}` };
}
