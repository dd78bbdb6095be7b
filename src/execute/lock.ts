import type { ErrorInfo } from '../model/error.ts';
import { mapLimited } from '../util/map-limited.ts';
import { cutToWidth } from '../util/printable.ts';
import type { TooSoon } from '../model/cooldown.ts';
import type { NamedMachine } from '../model/machine.ts';
import type { HostRun } from './host-run.ts';
import type { StageEnd } from './lifecycle.ts';
import { tooSoonMeanwhile } from './limits/attempt.ts';
import { INTERRUPTED } from './interrupt.ts';
import type { RunContext } from './run-context.ts';

export interface LockedHost {
  readonly host: HostRun;
  readonly end: StageEnd<'lock'>;
}

/** An exec is named by its command, of any length; the note is one line, for people. */
const MOST_COLUMNS = 200;

const LOST = new Set<ErrorInfo['code']>(['connection-lost', 'connection-timeout', 'connection-refused', 'protocol']);

/**
 * Takes the locks of all hosts before any of them is changed. `all`: the hosts of the run, which may be clones of each other. Two
 * hosts that are one machine are both refused: which of the two names is right is for a person to say.
 */
export async function lockAll(
  run: RunContext,
  hosts: readonly HostRun[],
  all: readonly NamedMachine[],
): Promise<readonly LockedHost[]> {
  const locked = await mapLimited(hosts, run.forks, async (host) => ({ host, end: await lockHost(run, host, all) }));
  const ended = locked.map(({ host, end }) => {
    const twins = end.end === 'taken' ? locked.filter((other) => isSameMachine(host, other)) : [];
    return twins.length === 0 ? { host, end } : { host, end: sameMachine(host, twins) };
  });
  for (const { host, end } of ended) {
    if (end.end !== 'taken' || host.ledger === undefined) continue;
    const { incarnation, lease } = host.ledger;
    await run.recorder.commit({
      type: 'lock-taken',
      host: host.name,
      incarnation,
      ...(lease === true ? { lease } : {}),
    });
  }
  return ended;
}

async function lockHost(run: RunContext, host: HostRun, all: readonly NamedMachine[]): Promise<StageEnd<'lock'>> {
  if (run.stop.aborted) return { end: 'interrupted', reason: INTERRUPTED };
  run.recorder.check();
  const by = `${run.startedBy.user}@${run.startedBy.machine}`;
  const since = new Date(run.clock.now()).toISOString();
  const runbook = cutToWidth(run.runbook.name, MOST_COLUMNS);
  const ledger = await host.connection.lock({ runId: run.runId, runbook, by, since }, run.stop);
  if (ledger.ok) {
    host.ledger = ledger.value;
    const why = tooSoonMeanwhile(host, all);
    if (why !== undefined) return refused(why);
    return { end: 'taken', reason: '' };
  }
  const { error } = ledger;
  if (run.stop.aborted) return { end: 'interrupted', reason: INTERRUPTED };
  return { end: LOST.has(error.code) ? 'lost' : 'refused', reason: error.message, error };
}

function refused({ reason, hint }: TooSoon): StageEnd<'lock'> {
  return { end: 'refused', reason, error: { code: 'refused', message: reason, hint } };
}

/** A second lock on one machine is refused by the machine itself; its other name is known by what both say they are. */
function isSameMachine(host: HostRun, other: LockedHost): boolean {
  if (other.host === host) return false;
  if (other.end.end === 'taken') return other.host.ledger?.incarnation === host.ledger?.incarnation;
  if (other.end.error?.code !== 'same-machine') return false;
  const [mine, its] = [host.connection.facts, other.host.connection.facts];
  return mine.boot_id === its.boot_id && mine.machine_id === its.machine_id;
}

function sameMachine(host: HostRun, twins: readonly LockedHost[]): StageEnd<'lock'> {
  const names = [host, ...twins.map((twin) => twin.host)].map(({ name }) => name).toSorted();
  const message = `${names.join(' and ')} are one machine`;
  const hint = 'Leave one of these names out, with --limit or in the inventory.';
  return { end: 'refused', reason: message, error: { code: 'same-machine', message, hint } };
}
