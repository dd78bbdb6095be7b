import type { Step } from '../../model/runbook.ts';
import type { CommandResult, Output } from '../../model/script.ts';
import type { Settled } from '../../model/transport.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { sha256 } from '../../util/sha256.ts';
import { unreachable } from '../../util/unreachable.ts';
import type { ConnectedHost } from '../connected-host.ts';
import type { RunContext } from '../run-context.ts';
import type { Unanswered } from '../unanswered.ts';

/**
 * Asks the host, which is connected and locked anew, what became of a change whose answer never came, and records `step-settled`. Returns
 * what the change would have answered, for `judgeAnswer` and `judgePrepared`; or `not-started`, when it never began and never will; or
 * `lost` with why nobody can tell. The evidence and the end of the step are for the caller to record. Where it may still run when the lock
 * is taken, it must be among `at.unanswered` before that, so that it is recorded that its end is awaited.
 */
export async function settle(
  run: Pick<RunContext, 'runId' | 'recorder' | 'kill'>,
  at: ConnectedHost,
  change: Unanswered,
  step: Pick<Step, 'become'>,
): Promise<CommandResult> {
  const told = await ask(run, at, change, step);
  const settled: Settled = told.ok ? told.value : { state: 'unknown', why: told.error };
  const { host, step: id, execution, on } = change;
  await run.recorder.commit({
    type: 'step-settled',
    host,
    step: id,
    execution,
    ...(on === undefined ? {} : { on }),
    state: settled.state,
    why: settled.state === 'unknown' ? settled.why : '',
  });
  // What the host itself cannot tell, its claim will never tell.
  if (told.ok && told.value.state === 'unknown') at.unanswered.delete(execution);
  return answerOf(settled);
}

/** In words, why it could not be asked. */
async function ask(
  { runId, kill }: Pick<RunContext, 'runId' | 'kill'>,
  at: ConnectedHost,
  { execution, attempt, incarnation, bootId, epoch: sentAt }: Unanswered,
  step: Pick<Step, 'become'>,
): Promise<Result<Settled, string>> {
  for (;;) {
    const { connection, ledger, epoch } = at;
    if (ledger === undefined) throw new Error(`${at.name} is to be asked for a claim and is not locked`);
    if (ledger.bootId !== bootId) return unknown('the host was restarted in the middle');
    if (ledger.incarnation !== incarnation) return unknown('the ledger there was made anew since');
    const claim = { runId, step: execution, attempt, epoch: sentAt ?? epoch };
    const settled = await connection.settle({ claim, ...at.becoming(step) }, kill);
    if (settled.ok) return settled;
    const { code, message } = settled.error;
    if (code !== 'connection-lost' || kill.aborted) return err(message);
    const why = await at.recover(connection);
    if (why !== undefined) return err(why);
  }
}

const unknown = (why: string): Result<Settled, never> => ok({ state: 'unknown', why });

function answerOf(settled: Settled): CommandResult {
  switch (settled.state) {
    case 'ended':
      return settled.answer;
    case 'not-started':
      return { ...SILENT, end: { how: 'not-started', why: 'it never began on the host', unsent: true } };
    case 'unknown':
      return { ...SILENT, end: { how: 'lost', why: settled.why } };
    default:
      return unreachable(settled);
  }
}

const NOTHING: Output = { text: '', bytes: 0, sha256: sha256(''), truncated: false };

const SILENT = { stdout: NOTHING, stderr: NOTHING, durationMs: 0 };
