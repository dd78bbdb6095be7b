import { mapLimited } from '../util/map-limited.ts';
import type { TooSoon } from '../model/cooldown.ts';
import type { NamedMachine } from '../model/machine.ts';
import type { ConnectedHost } from './connected-host.ts';
import type { HostRun } from './host-run.ts';
import type { StageEnd } from './lifecycle.ts';
import { tooSoonMeanwhile } from './limits/attempt.ts';
import { INTERRUPTED } from './interrupt.ts';
import { lockHost, recordLock, type LockEnd } from './lock-host.ts';
import type { RunContext } from './run-context.ts';

export interface LockedHost {
  readonly host: HostRun;
  readonly end: StageEnd<'lock'>;
}

/**
 * Takes the locks of all hosts, and of those that steps which change are delegated to, before any of them is changed. `all`: the hosts
 * of the run, which may be clones of each other. Two hosts that are one machine are both refused: which of the two names is right is for
 * a person to say. A host of which a delegate is not locked is not either.
 */
export async function lockAll(
  run: RunContext,
  hosts: readonly HostRun[],
  all: readonly NamedMachine[],
): Promise<readonly LockedHost[]> {
  const wanted = [...new Set(hosts.flatMap((host) => host.toLock()))];
  const locks = await mapLimited(wanted, run.forks, async (host) => ({ host, end: await lockHost(run, host) }));
  const ends = new Map<ConnectedHost, LockEnd>();
  for (const lock of locks) {
    const twins = lock.end.end === 'taken' ? locks.filter((other) => isSameMachine(lock.host, other)) : [];
    ends.set(lock.host, twins.length === 0 ? lock.end : sameMachine(lock.host, twins));
  }
  for (const [host, { end }] of ends) if (end === 'taken') await recordLock(run, host);
  return hosts.map((host) => ({ host, end: endOf(host, ends, all) }));
}

interface Lock {
  readonly host: ConnectedHost;
  readonly end: LockEnd;
}

function endOf(host: HostRun, ends: ReadonlyMap<ConnectedHost, LockEnd>, all: readonly NamedMachine[]): LockEnd {
  const own = ends.get(host.own);
  if (own?.end !== 'taken') return own ?? { end: 'interrupted', reason: INTERRUPTED };
  const why = tooSoonMeanwhile(host, all);
  if (why !== undefined) return refused(why);
  for (const delegate of host.toLock()) {
    const other = ends.get(delegate);
    if (delegate === host.own || other === undefined || other.end === 'taken') continue;
    if (other.end === 'interrupted') return other;
    const reason = `steps are delegated to ${delegate.name}: ${other.reason}`;
    const { error } = other;
    return { end: other.end, reason, ...(error !== undefined && { error: { ...error, message: reason } }) };
  }
  return own;
}

function refused({ reason, hint }: TooSoon): LockEnd {
  return { end: 'refused', reason, error: { code: 'refused', message: reason, hint } };
}

/** A second lock on one machine is refused by the machine itself; its other name is known by what both say they are. */
function isSameMachine(host: ConnectedHost, other: Lock): boolean {
  if (other.host === host) return false;
  if (other.end.end === 'taken') return other.host.ledger?.incarnation === host.ledger?.incarnation;
  if (other.end.error?.code !== 'same-machine') return false;
  const [mine, its] = [host.connection.facts, other.host.connection.facts];
  return mine.boot_id === its.boot_id && mine.machine_id === its.machine_id;
}

function sameMachine(host: ConnectedHost, twins: readonly Lock[]): LockEnd {
  const names = [host, ...twins.map((twin) => twin.host)].map(({ name }) => name).toSorted();
  const message = `${names.join(' and ')} are one machine`;
  const hint = 'Leave one of these names out, with --limit or in the inventory.';
  return { end: 'refused', reason: message, error: { code: 'same-machine', message, hint } };
}
