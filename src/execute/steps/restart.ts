import type { ComposedStep } from '../../model/expand-step.ts';
import type { Step } from '../../model/runbook.ts';
import type { CommandResult } from '../../model/script.ts';
import type { Connection } from '../../model/transport.ts';
import { formatDuration } from '../../util/duration.ts';
import { err, ok, type Result } from '../../util/result.ts';
import type { ConnectedHost } from '../connected-host.ts';
import type { HostRun } from '../host-run.ts';
import { lockAgain } from '../lock-host.ts';
import { failed, judgeAnswer, judgeInterpretation, type StepEnd } from './judge.ts';

const RETRY_MS = 2000;

export function restarts({ action: { work } }: Step): boolean {
  return work.kind === 'script' && work.restarts === true;
}

/** In words; undefined: the step may be sent. A run ends with the machine that it is on. */
export function whyNotRestarted(step: Step, { bound }: ConnectedHost): string | undefined {
  if (!restarts(step) || bound.host.connection !== 'local') return undefined;
  return 'this run is on that machine and would end with it: run it from another one, or restart it by hand';
}

/**
 * What the answer to a step that restarts its host means. That the command succeeded, or that the connection broke, proves nothing: the
 * step ends when the host is there again with another boot id. It is then locked anew, for its lock went with its former life, and what
 * was found on it is outdated. `begun`: when it was sent, by the monotonic clock.
 */
export async function judgeRestart(
  host: HostRun,
  step: Step,
  composed: ComposedStep,
  answer: CommandResult,
  begun: number,
): Promise<StepEnd> {
  const at = host.at(composed);
  try {
    return await judgeGoingDown(host, step, composed, answer, begun);
  } finally {
    at.isRestarting = false;
  }
}

async function judgeGoingDown(
  host: HostRun,
  step: Step,
  composed: ComposedStep,
  answer: CommandResult,
  begun: number,
): Promise<StepEnd> {
  const { work } = step.action;
  if (work.kind !== 'script' || !mayGoDown(answer)) return judgeAnswer(step, composed, answer);
  const at = host.at(composed);
  const { clock, kill } = host.run;
  const back = await awaitNewBoot(host, at, { begun, timeoutMs: composed.timeoutMs });
  if (!back.ok) return unknown(back.error);
  await at.renew(back.value);
  const { end, reason } = await lockAgain(host.run, at, kill);
  if (end !== 'taken') return unknown(`it has restarted, but its lock is not ours any more: ${reason}`);
  const { stdout, stderr } = answer;
  const seen = { code: 0, stdout, stderr, durationMs: clock.monotonic() - begun };
  const context = { ...composed.context, host: at.connection.facts, now: at.clock.now() };
  return judgeInterpretation(step, composed, () => work.interpret(seen, composed.params as never, context));
}

/** A shutdown may end the script before it could say how it went. */
function mayGoDown({ end }: CommandResult): boolean {
  return end.how === 'lost' || end.how === 'signal' || (end.how === 'exit' && end.code === 0);
}

/** A host that goes down lets us in for a while, and refuses, with one reason or another, until it is up. */
async function awaitNewBoot(
  host: HostRun,
  at: ConnectedHost,
  { begun, timeoutMs }: { readonly begun: number; readonly timeoutMs: number },
): Promise<Result<Connection, string>> {
  const { clock, kill } = host.run;
  const formerBoot = at.connection.facts.boot_id;
  let last = '';
  while (clock.monotonic() - begun < timeoutMs) {
    await clock.sleep(RETRY_MS, kill);
    if (kill.aborted) return err('interrupted before it was seen to restart');
    const connected = await at.reconnect(kill);
    if (connected.ok && connected.value.facts.boot_id !== formerBoot) return ok(connected.value);
    if (connected.ok) await connected.value.close();
    last = connected.ok ? 'it answers, with the boot id that it had' : connected.error.message;
  }
  return err(`it was not seen to restart within ${formatDuration(timeoutMs)}: ${last}`);
}

function unknown(error: string): StepEnd {
  return { ...failed('lost', error, 'unknown'), cutOff: true };
}
