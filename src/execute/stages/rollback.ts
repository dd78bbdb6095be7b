import { unreachable } from '../../util/unreachable.ts';
import type { UndoStep } from '../../model/action.ts';
import type { StepResult } from '../../model/result.ts';
import type { HostRun } from '../host-run.ts';
import type { StageEnd } from '../lifecycle.ts';
import type { StepEnd } from '../steps/judge.ts';
import { leftSomething, type SentStep } from '../steps/sent-step.ts';
import { onOf } from '../steps/step-events.ts';
import { endUnsent } from '../steps/step.ts';
import { endsRollback, isUnclear, runBack, type RanBack } from './run-back.ts';
import { whyLeft } from './rollback-past.ts';
import { inUndoOrder, isService, SERVICE } from './undo-order.ts';
import { undoBuiltin, undoDeclared } from './undo.ts';

type RollbackEnd = StageEnd<'rollback'>;

/** What a rollback came to so far. */
interface Tally {
  readonly undone: string[];
  /** Where something that is no service was undone, undefined for the host itself: its services must see it. */
  readonly restart: Set<string | undefined>;
  readonly failed: string[];
  /** Of which nobody knows whether it ran, on a delegate: what is to be done on the host itself goes on. */
  readonly unclear: string[];
  readonly left: string[];
  /** An interrupt kept something from being sent. */
  interrupted: boolean;
}

/**
 * Undoes in reverse order what ended `changed` or `failed`; services come last, for they must see the restored files, each on its own
 * host. Then come the steps of `rollback`, whatever the undos came to, if any step of the fix was sent.
 */
export async function rollback(host: HostRun): Promise<RollbackEnd> {
  host.run.recorder.note({ type: 'phase-started', host: host.name, phase: 'rollback' });
  const tally: Tally = { undone: [], restart: new Set(), failed: [], unclear: [], left: [], interrupted: false };
  const ended = (await undoAll(host, tally)) ?? (await afterUndos(host, tally));
  if (ended !== undefined) return ended;
  const { undone, failed, unclear, left } = tally;
  if (unclear.length > 0) return { end: 'unknown', reason: [...unclear, ...failed].join('; ') + undoneBefore(tally) };
  const rest = left.length > 0 ? `; cannot be undone: ${left.join(', ')}` : '';
  const end = tally.interrupted ? 'interrupted' : 'failed';
  if (failed.length > 0) return { end, reason: `the rollback failed: ${failed.join('; ')}${rest}` };
  if (undone.length > 0) return { end: 'undone', reason: `undone: ${undone.join(', ')}${rest}` };
  return { end: 'nothing-to-undo', reason: `nothing to undo${rest}` };
}

/** Returns how the rollback ends when nothing more can be done. */
async function undoAll(host: HostRun, tally: Tally): Promise<RollbackEnd | undefined> {
  for (const sent of inUndoOrder(host.sent)) {
    if (host.run.stop.aborted) return { end: 'interrupted', reason: `interrupted before it was undone: ${sent.name}` };
    const results = await undo(host, sent, tally);
    const dead = results.find(endsRollback);
    if (dead !== undefined) return endedBy(dead.result, `undo of ${sent.name}`, tally);
    add(tally, sent.name, results);
    if (isDone(results) && !isService(sent)) tally.restart.add(sent.on);
  }
  return undefined;
}

async function afterUndos(host: HostRun, tally: Tally): Promise<RollbackEnd | undefined> {
  const steps = host.run.runbook.rollback;
  if (steps.length === 0 || host.sent.length === 0) return undefined;
  if (host.run.stop.aborted) return { end: 'interrupted', reason: 'interrupted before the rollback steps' };
  for (const ran of await runBack(host, steps, host.scope())) {
    const { step, name, result } = ran;
    if (endsRollback(ran)) return endedBy(result, name, tally);
    // What only looked has undone nothing.
    if (step.effect === 'changes' || result.status === 'failed') add(tally, nameOf(ran), [ran]);
  }
  return undefined;
}

function endedBy({ error }: StepResult, what: string, tally: Tally): RollbackEnd {
  return { end: 'unknown', reason: `${what}: ${error}${undoneBefore(tally)}` };
}

function undoneBefore({ undone }: Tally): string {
  return undone.length > 0 ? `; undone before: ${undone.join(', ')}` : '';
}

function nameOf({ name, on }: RanBack): string {
  return on === undefined ? name : `${name} on ${on}`;
}

async function undo(host: HostRun, sent: SentStep, tally: Tally): Promise<readonly RanBack[]> {
  const policy = sent.step.undo;
  const before = whyLeft(host, sent);
  if (before !== undefined) {
    tally.left.push(`${sent.name} (${before.replace(/^cannot be undone: /, '')})`);
    return [await leaveOut(host, sent, { status: 'skipped', error: before })];
  }
  const users = sent.once?.takeBack() ?? [];
  if (users.length > 0) {
    const kept = `kept: ${users.join(', ')} went on with its result`;
    tally.left.push(`${sent.name} (${kept})`);
    return [await leaveOut(host, sent, { status: 'skipped', error: kept })];
  }
  switch (policy.kind) {
    case 'none': {
      const reason = policy.reason.render({ ...sent.scope, result: sent.ended.result });
      tally.left.push(`${sent.name} (${reason})`);
      return [await leaveOut(host, sent, { status: 'skipped', error: `cannot be undone: ${reason}` })];
    }
    case 'steps':
      if (sent.captured.isOther === true) return [await leaveOut(host, sent, NOT_AS_RECORDED)];
      return undoDeclared(host, sent, policy.steps);
    case 'builtin': {
      const results: RanBack[] = [];
      for (const attempt of sent.attempts.filter(leftSomething).toReversed()) {
        results.push(...(await undoAttempt(host, sent, attempt, tally)));
        if (results.some(endsRollback)) break;
      }
      return results;
    }
    default:
      return unreachable(policy);
  }
}

const NOT_AS_RECORDED: StepResult = {
  status: 'failed',
  reason: 'condition',
  error: 'its undo would not be what was recorded before it was sent: not sent, undo it by hand',
};

async function undoAttempt(
  host: HostRun,
  sent: SentStep,
  attempt: StepEnd,
  { restart }: Tally,
): Promise<readonly RanBack[]> {
  if (attempt.undo === undefined) return withoutUndo(host, sent, attempt);
  return undoBuiltin(
    host,
    sent,
    attempt.undo.map((one) => withRestart(one, restart.has(sent.on))),
  );
}

/** A daemon that runs keeps what it read: once anything else was undone, it must start anew to see that. */
function withRestart(undo: UndoStep, restart: boolean): UndoStep {
  const wasActive = undo.action === SERVICE && undo.params['state'] === 'started';
  return wasActive && restart ? { ...undo, params: { ...undo.params, state: 'restarted' } } : undo;
}

/** A step that failed by itself said that there is nothing to undo; one that was cut off, or changed and kept silent, did not. */
async function withoutUndo(host: HostRun, sent: SentStep, attempt: StepEnd): Promise<readonly RanBack[]> {
  if (attempt.result.status === 'failed' && !attempt.cutOff && attempt.changed !== true) return [];
  const error = 'it ended before it could say how to undo it';
  return [await leaveOut(host, sent, { status: 'failed', reason: 'cannot-start', error })];
}

async function leaveOut(host: HostRun, { step, name, scope, on }: SentStep, result: StepResult): Promise<RanBack> {
  await endUnsent(host, step, 'rollback', scope, result);
  return { step, name, result, ...onOf({ on }) };
}

function add(tally: Tally, name: string, results: readonly RanBack[]): void {
  for (const { result } of results) {
    const { status, error, reason } = result;
    if (isUnclear(result)) tally.unclear.push(`${name}: ${error}`);
    else if (status === 'failed') tally.failed.push(`${name}: ${error}`);
    tally.interrupted ||= reason === 'cancelled';
  }
  if (isDone(results)) tally.undone.push(name);
}

function isDone(results: readonly RanBack[]): boolean {
  return results.some(({ result: { status } }) => status === 'ok' || status === 'changed');
}
