import type { ErrorInfo } from '../model/error.ts';
import { formatDuration } from '../util/duration.ts';
import { cutToWidth } from '../util/printable.ts';
import type { ConnectedHost } from './connected-host.ts';
import { INTERRUPTED } from './interrupt.ts';
import type { StageEnd } from './lifecycle.ts';
import type { RecordedRun } from './run-setup.ts';

export type LockEnd = StageEnd<'lock'>;

/** An exec is named by its command, of any length; the note is one line, for people. */
const MOST_COLUMNS = 200;

/** A host whose lock another run has is asked again so often. */
const EVERY_MS = 2000;

const LOST = new Set<ErrorInfo['code']>(['connection-lost', 'connection-timeout', 'connection-refused', 'protocol']);

/** Takes the lock of one host. While another run has it, it is asked for again until the run's `lockWaitMs` are over. */
export async function lockHost(run: RecordedRun, host: ConnectedHost): Promise<LockEnd> {
  const { clock, stop, lockWaitMs = 0, recorder } = run;
  const deadline = clock.monotonic() + lockWaitMs;
  let holder = '';
  for (;;) {
    const { connection } = host;
    const lock = await takeLock(run, host, stop);
    if (lock.end === 'lost' && (await host.recover(connection)) === undefined) continue;
    if (lock.error?.code !== 'lock-held' || lockWaitMs === 0) return lock;
    const left = deadline - clock.monotonic();
    if (left <= 0) return withWait(lock, lockWaitMs);
    if (lock.reason !== holder) {
      const forMs = Math.ceil(left / 1000) * 1000;
      recorder.note({ type: 'host-waiting', host: host.name, what: 'lock', reason: lock.reason, forMs });
    }
    holder = lock.reason;
    await clock.sleep(Math.min(EVERY_MS, left), stop);
  }
}

/** Takes the lock of a host that was connected anew, which has lost it, and records that. Who has it now is not waited for. */
export async function lockAgain(run: RecordedRun, host: ConnectedHost, signal: AbortSignal): Promise<LockEnd> {
  const lock = await takeLock(run, host, signal);
  if (lock.end === 'taken') await recordLock(run, host);
  return lock;
}

export async function recordLock(run: RecordedRun, { name, ledger, epoch }: ConnectedHost): Promise<void> {
  if (ledger === undefined) return;
  const { incarnation, lease } = ledger;
  await run.recorder.commit({
    type: 'lock-taken',
    host: name,
    incarnation,
    epoch,
    ...(lease === true ? { lease } : {}),
  });
}

/** What an earlier connection of this run left running there is recorded, and its end awaited. */
export async function takeLock(run: RecordedRun, host: ConnectedHost, signal: AbortSignal): Promise<LockEnd> {
  if (signal.aborted) return { end: 'interrupted', reason: INTERRUPTED };
  run.recorder.check();
  const by = `${run.startedBy.user}@${run.startedBy.machine}`;
  const since = new Date(run.clock.now()).toISOString();
  const runbook = cutToWidth(run.runbook.name, MOST_COLUMNS);
  const note = { runId: run.runId, host: host.name, epoch: host.epoch, runbook, by, since };
  const ledger = await host.connection.lock(note, signal, ({ step: execution }) => {
    const change = host.unanswered.get(execution);
    if (change === undefined) return;
    const { step, on } = change;
    const at = on === undefined ? {} : { on };
    run.recorder.note({ type: 'step-awaited', host: change.host, step, execution, ...at });
  });
  if (ledger.ok) {
    host.ledger = ledger.value;
    return { end: 'taken', reason: '' };
  }
  const { error } = ledger;
  if (signal.aborted) return { end: 'interrupted', reason: INTERRUPTED };
  return { end: LOST.has(error.code) ? 'lost' : 'refused', reason: error.message, error };
}

function withWait({ reason, error }: LockEnd, waitedMs: number): LockEnd {
  const told = `${reason}; waited ${formatDuration(waitedMs)} for it`;
  return { end: 'refused', reason: told, ...(error !== undefined && { error: { ...error, message: told } }) };
}
