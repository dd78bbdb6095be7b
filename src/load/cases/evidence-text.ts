import {
  EVIDENCE_FORMAT,
  type Evidence,
  type EvidenceState,
  type KeptAnswer,
  type KeptSight,
} from '../../model/evidence.ts';
import type { HostFacts } from '../../model/host.ts';
import type { Asker } from '../../model/transport.ts';
import { formatDuration } from '../../util/duration.ts';
import type { Json, JsonObject } from '../../util/json.ts';
import { unreachable } from '../../util/unreachable.ts';
import { yamlText } from '../../util/yaml-text.ts';

/** The evidence as a file that `loadEvidence` reads back to the same, and that a person can read. `comment`: one line. */
export function evidenceText(evidence: Evidence, comment: string): string {
  const { runbook, case: name, recordedAt, version, host, facts, delegates, states } = evidence;
  const written: JsonObject = {
    evidence: EVIDENCE_FORMAT,
    runbook,
    case: name,
    recorded: recordedAt,
    version,
    host: { ...host },
    facts: factsOf(facts),
    ...(delegates.length > 0 && {
      delegates: delegates.map((other) => ({ host: { ...other.host }, facts: factsOf(other.facts) })),
    }),
    states: states.map(stateOf),
  };
  return `# ${comment}\n${yamlText(written)}`;
}

/** The id of a machine is for nobody else. */
function factsOf({ machine_id: _ofNobodyElse, ...facts }: HostFacts): JsonObject {
  return facts;
}

function stateOf({ change, reached, said }: EvidenceState): Json {
  return {
    ...(change !== undefined && { change: { ...askerOf(change), sent: change.sent, ...answerOf(change) } }),
    ...(reached !== undefined && { reached: { host: reached.host, facts: factsOf(reached.facts) } }),
    said: said.map(({ answers, ...asker }) => ({ ...askerOf(asker), answers: answers.map(answerOf) })),
  };
}

const askerOf = ({ step, lap }: Asker): JsonObject => ({ step, ...(lap !== '' && { lap }) });

function answerOf(answer: KeptAnswer | KeptSight): JsonObject {
  const said = { at: formatDuration(answer.atMs), ...(answer.times !== undefined && { times: answer.times }) };
  if ('seen' in answer) return { ...said, seen: answer.seen as unknown as Json };
  const { end, stdout, stderr, stdoutBytes, stderrBytes } = answer;
  return {
    ...said,
    ...endOf(end),
    ...(stdoutBytes !== undefined && { stdout_bytes: stdoutBytes }),
    ...(stdout !== '' && { stdout }),
    ...(stderrBytes !== undefined && { stderr_bytes: stderrBytes }),
    ...(stderr !== '' && { stderr }),
  };
}

function endOf(end: KeptAnswer['end']): JsonObject {
  switch (end.how) {
    case 'exit':
      return { exit: end.code };
    case 'signal':
      return { signal: end.signal };
    case 'not-started':
      return { ended: end.how, why: end.why };
    case 'lost':
      return { ended: end.how };
    case 'timeout':
    case 'cancelled':
      return { ended: end.how, gone: end.gone };
    default:
      return unreachable(end);
  }
}
