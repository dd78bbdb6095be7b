import type { ErrorInfo } from '../model/error.ts';
import { machineOf } from '../model/machine.ts';
import type { Connection } from '../model/transport.ts';
import { formatDuration } from '../util/duration.ts';
import { err, type Result } from '../util/result.ts';
import { sha256 } from '../util/sha256.ts';
import type { ConnectedHost } from './connected-host.ts';
import { lockAgain } from './lock-host.ts';
import type { RecordedRun } from './run-setup.ts';

/** For so long a connection that broke is tried to be made again. */
const RECOVERY_MS = 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

/** What a network does, or a host that is busy. All else is an answer of the host, and would be the same again. */
const PASSING = new Set<ErrorInfo['code']>([
  'address-unknown',
  'connection-refused',
  'connection-timeout',
  'connection-lost',
  'protocol',
  'channel-refused',
  // It was usable a moment ago: a host that is too busy to answer in time, or to start a process, is like one that cannot be reached.
  'shell-unusable',
]);

/**
 * Makes the connection of a host again that broke, and takes its lock again when it had it; both are recorded. All goes on through it
 * then. In words, why that is not to be had; undefined: it is. Only the machine that was connected before will do, and only while it was
 * not restarted: nothing is sent to another one. Ended by `kill`, and by `stop` as long as nothing was changed there.
 */
export async function recover(run: RecordedRun, host: ConnectedHost): Promise<string | undefined> {
  const signal = host.hasChanges ? run.kill : run.stop;
  for (;;) {
    if (!host.breaks.mayBreak()) return 'it broke more often than it is made again';
    const again = await connectAgain(run, host, signal);
    if (!again.ok) return again.error;
    const former = host.ledger;
    await host.replace(again.value);
    const { facts } = again.value;
    // Awaited: a session that was taken over while it stood still learns it before it takes a lock again.
    await run.recorder.commit({ type: 'host-connected', host: host.name, facts });
    if (former === undefined) return undefined;
    const lock = await lockAgain(run, host, signal);
    if (lock.end === 'lost') continue;
    if (lock.end === 'interrupted') return INTERRUPTED;
    if (lock.end !== 'taken') return `its lock is not ours any more: ${lock.reason}`;
    return host.ledger?.incarnation === former.incarnation ? undefined : 'its ledger was made anew meanwhile';
  }
}

async function connectAgain(
  run: RecordedRun,
  host: ConnectedHost,
  ended: AbortSignal,
): Promise<Result<Connection, string>> {
  const { clock, recorder } = run;
  recorder.check();
  const reason = 'the connection broke';
  recorder.note({ type: 'host-waiting', host: host.name, what: 'connection', reason, forMs: RECOVERY_MS });
  const done = new AbortController();
  const late = new AbortController();
  void clock.sleep(RECOVERY_MS, done.signal).then(() => late.abort());
  try {
    return await tryAgain(run, host, AbortSignal.any([ended, late.signal]), late.signal);
  } finally {
    done.abort();
  }
}

/** At first at once. A network that comes back brings many hosts at once: each has a pause of its own. */
async function tryAgain(
  { clock, recorder }: RecordedRun,
  host: ConnectedHost,
  signal: AbortSignal,
  late: AbortSignal,
): Promise<Result<Connection, string>> {
  let last = 'no answer';
  for (let round = 0; ; round += 1) {
    recorder.check();
    const connected = await host.reconnect(signal);
    if (connected.ok) {
      const why = whyAnother(host, connected.value);
      if (why === undefined && !signal.aborted) return connected;
      await connected.value.close();
      if (why !== undefined) return err(why);
    } else if (!signal.aborted) {
      last = connected.error.message;
      if (!PASSING.has(connected.error.code)) return err(last);
    }
    if (!signal.aborted) await clock.sleep(pauseBefore(host.name, round), signal);
    if (late.aborted) return err(`it could not be made again within ${formatDuration(RECOVERY_MS)}: ${last}`);
    if (signal.aborted) return err(INTERRUPTED);
  }
}

/** Pure, in words: why this is a connection to another machine, or to the same after a restart; undefined: it is neither. */
export function whyAnother(host: ConnectedHost, { facts, hostKey }: Connection): string | undefined {
  if (machineOf(facts, hostKey, host.name) !== host.machine) return 'another machine answers at its address now';
  return facts.boot_id === host.connection.facts.boot_id ? undefined : 'the host was restarted meanwhile';
}

/** Between half of the pause and all of it. */
function pauseBefore(name: string, round: number): number {
  const whole = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** round);
  const share = Number.parseInt(sha256(`${name} ${round}`).slice(0, 4), 16) / 0xffff;
  return Math.round(whole * (0.5 + share / 2));
}

const INTERRUPTED = 'the run was interrupted before it was made again';
