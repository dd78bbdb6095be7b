import { unreachable } from '../../util/unreachable.ts';
import type { UndoStep } from '../../model/action.ts';
import type { StepResult } from '../../model/result.ts';
import type { HostRun } from '../host-run.ts';
import type { StageEnd } from '../lifecycle.ts';
import { mayHaveChanged, type SentStep } from '../steps/sent-step.ts';
import { endUnsent } from '../steps/step.ts';
import { endsRollback, undoBuiltin, undoDeclared } from './undo.ts';

type RollbackEnd = StageEnd<'rollback'>;

/** What a rollback came to so far. */
interface Tally {
  readonly undone: string[];
  /** Something that is no service was undone: services must see it. */
  restart: boolean;
  readonly failed: string[];
  readonly left: string[];
}

/** Undoes in reverse order what ended `changed` or `failed`; services come last, for they must see the restored files. */
export async function rollback(host: HostRun): Promise<RollbackEnd> {
  host.run.recorder.note({ type: 'phase-started', host: host.name, phase: 'rollback' });
  const tally: Tally = { undone: [], restart: false, failed: [], left: [] };
  for (const sent of inUndoOrder(host.sent)) {
    if (host.run.stop.aborted) return { end: 'interrupted', reason: `interrupted before it was undone: ${sent.name}` };
    const results = await undo(host, sent, tally);
    const dead = results.find(endsRollback);
    if (dead !== undefined) {
      const before = tally.undone.length > 0 ? `; undone before: ${tally.undone.join(', ')}` : '';
      return { end: 'unknown', reason: `undo of ${sent.name}: ${dead.error}${before}` };
    }
    add(tally, sent, results);
  }
  const { undone, failed, left } = tally;
  const rest = left.length > 0 ? `; cannot be undone: ${left.join(', ')}` : '';
  if (failed.length > 0) return { end: 'failed', reason: `the rollback failed: ${failed.join('; ')}${rest}` };
  if (undone.length > 0) return { end: 'undone', reason: `undone: ${undone.join(', ')}${rest}` };
  return { end: 'nothing-to-undo', reason: `nothing to undo${rest}` };
}

/** Pure. */
function inUndoOrder(sent: readonly SentStep[]): readonly SentStep[] {
  const backwards = sent.filter(mayHaveChanged).toReversed();
  return [...backwards.filter((step) => !isService(step)), ...backwards.filter(isService)];
}

const SERVICE = 'service';

function isService({ step, ended }: SentStep): boolean {
  return step.undo.kind === 'builtin' && ended.undo?.some(({ action }) => action === SERVICE) === true;
}

async function undo(host: HostRun, sent: SentStep, tally: Tally): Promise<readonly StepResult[]> {
  const policy = sent.step.undo;
  switch (policy.kind) {
    case 'none': {
      const reason = policy.reason.render({ ...sent.scope, result: sent.ended.result });
      tally.left.push(`${sent.name} (${reason})`);
      return [await leaveOut(host, sent, { status: 'skipped', error: `cannot be undone: ${reason}` })];
    }
    case 'steps':
      return undoDeclared(host, sent, policy.steps);
    case 'builtin':
      if (sent.ended.undo !== undefined) {
        return undoBuiltin(
          host,
          sent,
          sent.ended.undo.map((undo) => withRestart(undo, tally.restart)),
        );
      }
      return withoutUndo(host, sent);
    default:
      return unreachable(policy);
  }
}

/** A daemon that runs keeps what it read: once anything else was undone, it must start anew to see that. */
function withRestart(undo: UndoStep, restart: boolean): UndoStep {
  const wasActive = undo.action === SERVICE && undo.params['state'] === 'started';
  return wasActive && restart ? { ...undo, params: { ...undo.params, state: 'restarted' } } : undo;
}

/** A step that failed by itself said that there is nothing to undo; one that was cut off, or changed and kept silent, did not. */
async function withoutUndo(host: HostRun, sent: SentStep): Promise<readonly StepResult[]> {
  if (sent.ended.result.status === 'failed' && !sent.ended.cutOff) return [];
  const error = 'it ended before it could say how to undo it';
  return [await leaveOut(host, sent, { status: 'failed', reason: 'cannot-start', error })];
}

function leaveOut(host: HostRun, { step, scope }: SentStep, result: StepResult): Promise<StepResult> {
  return endUnsent(host, step, 'rollback', scope, result);
}

function add(tally: Tally, sent: SentStep, results: readonly StepResult[]): void {
  for (const { status, error } of results) {
    if (status === 'failed') tally.failed.push(`${sent.name}: ${error}`);
  }
  if (!results.some(({ status }) => status === 'ok' || status === 'changed')) return;
  tally.undone.push(sent.name);
  if (!isService(sent)) tally.restart = true;
}
