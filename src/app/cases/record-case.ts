import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { secretsOf } from '../../execute/record/secrets-of.ts';
import { evidenceText } from '../../load/cases/evidence-text.ts';
import { loadEvidence } from '../../load/cases/evidence.ts';
import type { Case } from '../../model/case.ts';
import type { Evidence, KeptHost } from '../../model/evidence.ts';
import type { Host } from '../../model/host.ts';
import { Recording } from '../../transports/recording.ts';
import { SYSTEM_CLOCK } from '../system-clock.ts';
import type { Prepared } from '../prepare.ts';
import { version } from '../surroundings.ts';
import type { CaseEnd } from './case-end.ts';
import { maskEvidence } from './mask-evidence.ts';
import { evidencePath, recordCommand, type RunbookCases } from './open-cases.ts';
import { realCase, type RealCase } from './real-case.ts';
import { SecretMask } from './secret-mask.ts';

export interface RecordedCase {
  readonly end: CaseEnd;
  /** Where the evidence is now; absent when it was not worth keeping. */
  readonly file?: string;
}

/** Makes the fault, runs the runbook there, and keeps what the host said when the case holds. */
export async function recordCase(
  cases: RunbookCases,
  one: Case,
  work: Pick<RealCase, 'place' | 'stop' | 'kill'>,
): Promise<RecordedCase> {
  const recording = new Recording(SYSTEM_CLOCK);
  let prepared: Prepared | undefined;
  const keep = (made: Prepared): void => {
    prepared = made;
  };
  const end = await realCase({ ...work, runbook: cases.runbook, one, recording, prepared: keep });
  const [bound] = prepared?.hosts ?? [];
  const facts = bound === undefined ? undefined : recording.factsOf(bound.host.name);
  if (end.state !== 'holds' || facts === undefined || prepared === undefined || bound === undefined) return { end };
  const evidence: Evidence = maskEvidence(
    {
      runbook: cases.runbook.name,
      case: one.name,
      recordedAt: recording.recordedAt,
      version: version(),
      host: keptHost(bound.host),
      facts,
      delegates: prepared.delegates.flatMap(({ host }) => {
        const known = recording.factsOf(host.name);
        return known === undefined ? [] : [{ host: keptHost(host), facts: known }];
      }),
      states: recording.states,
    },
    cases.runbook,
    new SecretMask(secretsOf([...prepared.hosts, ...prepared.delegates])),
  );
  const text = evidenceText(evidence, `What a real host said, recorded by: ${recordCommand(cases, one)}`);
  const file = evidencePath(cases, one);
  const { diagnostics } = loadEvidence({ file, text }, evidence);
  const wrong = diagnostics.find(({ severity }) => severity === 'error');
  if (wrong !== undefined) {
    const problem = `the evidence cannot be kept: ${wrong.message}; ${longestOf(evidence)}`;
    return { end: { ...end, state: 'fails', problems: [problem] } };
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
  return { end, file: relative(process.cwd(), file) };
}

/** Which step to make print less. */
function longestOf({ states }: Evidence): string {
  const lengths = new Map<string, number>();
  for (const { step, answers } of states.flatMap(({ said }) => said)) {
    lengths.set(step, (lengths.get(step) ?? 0) + JSON.stringify(answers).length);
  }
  const [step, length] = [...lengths].toSorted(([, one], [, other]) => other - one)[0] ?? ['nobody', 0];
  return `most of it, ${Math.round(length / 1000)} kB, was said to ${step}`;
}

const keptHost = ({ name, address, port, user, groups }: Host): KeptHost => ({ name, address, port, user, groups });
