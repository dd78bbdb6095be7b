import type { Interpretation, ProbeContext } from '../../model/action.ts';
import type { ComposedStep } from '../../model/expand-step.ts';
import type { Step } from '../../model/runbook.ts';
import type { CommandResult } from '../../model/script.ts';
import type { Connection } from '../../model/transport.ts';
import type { JsonObject } from '../../util/json.ts';
import type { HostRun } from '../host-run.ts';
import { failed, judgeInterpretation, type StepEnd } from './judge.ts';

/**
 * A reading action that looks from the controller through the connection. It gets no longer than its timeout, and begins anew when the
 * connection broke under it and could be made again.
 */
export async function runProbe(
  host: HostRun,
  step: Step,
  composed: ComposedStep,
  keep: (answer: CommandResult) => void,
): Promise<StepEnd> {
  const probe = (connection: Connection): Promise<StepEnd> => probeOnce(host, step, composed, { connection, keep });
  const { answer, why } = await host
    .at(composed)
    .askAgain(probe, ({ result }) => result.reason === 'lost', host.run.kill);
  return why === undefined ? answer : failed('lost', `${answer.result.error}, and ${why}`);
}

interface Probing {
  readonly connection: Connection;
  readonly keep: (answer: CommandResult) => void;
}

async function probeOnce(
  host: HostRun,
  step: Step,
  composed: ComposedStep,
  { connection, keep }: Probing,
): Promise<StepEnd> {
  const { work } = step.action;
  if (work.kind !== 'probe') throw new Error(`${step.action.name} is no probe`);
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, host.run.kill]);
  const at = host.at(composed);
  let lost = false;
  const context: ProbeContext = {
    ...composed.context,
    asker: { step: step.id, lap: composed.lap },
    signal,
    timeoutMs: composed.timeoutMs,
    dial: async (address, port) => {
      const dialed = await connection.dial(address, port, signal);
      lost ||= !dialed.ok && dialed.error.code === 'connection-lost';
      return dialed;
    },
    read: async (script) => {
      const answer = await connection.read(at.request(step, script, composed), signal);
      lost ||= answer.end.how === 'lost';
      keep(answer);
      return answer;
    },
  };
  const looking = work.probe(composed.params as never, context).then(
    (seen) => judgeInterpretation(step, composed, () => seen),
    (bug: unknown) => judgeInterpretation(step, composed, () => rethrow(bug)),
  );
  const deadline = host.run.clock.sleep(composed.timeoutMs, signal).then(() => cutOff(host));
  const end = await Promise.race([looking, deadline]);
  done.abort();
  return lost ? failed('lost', 'the connection broke before its answer came') : end;
}

function cutOff(host: HostRun): StepEnd {
  if (host.run.kill.aborted) return failed('cancelled', 'ended by the interrupt');
  return failed('timeout', 'no answer within its timeout');
}

function rethrow(bug: unknown): Interpretation<JsonObject> {
  throw bug;
}
