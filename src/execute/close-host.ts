import type { ConnectedHost } from './connected-host.ts';
import { takeLock } from './lock-host.ts';
import { whyAnother } from './recover.ts';
import type { RecordedRun } from './run-setup.ts';

/**
 * Closes the connection of a host on which nothing more is to be done, and frees its lock. One that broke before the host could say so is
 * made once more for that alone, in no record: its shell there would keep the lock as long as sshd keeps the session, and its claims
 * would stay. Never throws.
 */
export async function closeHost(run: RecordedRun, host: ConnectedHost): Promise<void> {
  const isAsked = host.unanswered.size > 0 || mayHoldMore(run, host);
  const claims = isAsked ? 'keep-claims' : undefined;
  const isTold = await host.connection.close(claims);
  if (isTold || host.ledger === undefined || host.isLost || run.kill.aborted) return;
  const again = await host.reconnect(run.kill);
  if (!again.ok) return;
  if (whyAnother(host, again.value) === undefined) {
    await host.replace(again.value);
    // A record that cannot be written keeps from taking it: the run is resumed then, and asks for its claims.
    await takeLock(run, host, run.kill).catch(() => undefined);
  }
  await again.value.close(claims);
}

/**
 * Where the record failed, the next session asks the claims: an intent may be in it that was refused, and never sent. One that was taken
 * over has sent nothing here, and locked the host perhaps when the other was done with it: an empty folder would stay.
 */
function mayHoldMore({ recorder }: RecordedRun, host: ConnectedHost): boolean {
  return recorder.hasFailed && (host.hasChanges || !recorder.wasTakenOver);
}
