import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeContext } from '../../model/action.ts';
import type { ErrorInfo } from '../../model/error.ts';
import { err, ok, type Result } from '../../util/result.ts';
import { dialUntil } from './dial.ts';
import { isLoopback, listeningScript, readListening } from './listening.ts';
import type { CannotLook, Waited, WaitTimes } from './wait.ts';

export interface WantedPort {
  readonly address: string;
  readonly port: number;
  readonly state: 'started' | 'stopped';
}

interface Sight {
  /** Undefined: no answer, which is neither. */
  readonly state: 'started' | 'stopped' | undefined;
  readonly seen: string;
}

// What came about in the last pause counts: one more look is made when the time is over.
const LAST_LOOK_MS = 2000;

/** Connects from the host again and again, and closes each connection at once. */
export async function waitForPort(
  context: ProbeContext,
  wanted: WantedPort,
  { withinMs, everyMs }: WaitTimes,
): Promise<Result<Waited, CannotLook>> {
  const begun = performance.now();
  let seen = 'no answer';
  for (;;) {
    const left = begun + withinMs - performance.now();
    const late = AbortSignal.timeout(Math.ceil(Math.max(left, LAST_LOOK_MS)));
    const sight = await look(context, wanted, AbortSignal.any([late, context.signal]));
    if (context.signal.aborted) return err({ reason: 'cancelled', message: 'it was cancelled' });
    if (sight !== undefined && !sight.ok) return sight;
    const waitedMs = performance.now() - begun;
    seen = sight?.value.seen ?? seen;
    if (sight?.value.state === wanted.state) return ok({ met: true, waitedMs, seen });
    if (waitedMs >= withinMs) return ok({ met: false, waitedMs, seen });
    await sleep(Math.min(everyMs, withinMs - waitedMs), undefined, { signal: context.signal }).catch(() => undefined);
  }
}

/** Undefined: the time was over before anything was seen. */
async function look(
  context: ProbeContext,
  { address, port }: WantedPort,
  signal: AbortSignal,
): Promise<Result<Sight, CannotLook> | undefined> {
  const dialed = await dialUntil(context, address, port, signal);
  if (dialed === undefined) return undefined;
  if (dialed.ok) {
    dialed.value.on('error', () => undefined);
    dialed.value.destroy();
    return ok({ state: 'started', seen: 'it accepts connections' });
  }
  const { code, message } = dialed.error;
  const seen = message.slice(message.lastIndexOf(': ') + 1).trim();
  switch (code) {
    case 'connection-refused':
      return ok({ state: /refused/i.test(seen) ? 'stopped' : undefined, seen });
    case 'connection-timeout':
    case 'address-unknown':
      return ok({ state: undefined, seen });
    case 'channel-refused':
      return lookAtTable(context, address, port, dialed.error);
    default:
      return err({ reason: 'lost', message });
  }
}

/** Where the host forbids to connect through it: its table of listening ports, which tells about its own addresses only. */
async function lookAtTable(
  context: ProbeContext,
  address: string,
  port: number,
  refusal: ErrorInfo,
): Promise<Result<Sight, CannotLook>> {
  if (!isLoopback(address))
    return err({
      reason: 'cannot-check',
      message: `${refusal.message}, and only ports of the host itself can be looked up; allow forwarding, or ask from another host`,
    });
  const listening = readListening(await context.read(listeningScript(address, port)), address, port);
  if (!listening.ok) return err({ reason: 'cannot-check', message: listening.error });
  return ok(
    listening.value
      ? { state: 'started', seen: 'a process listens on it' }
      : { state: 'stopped', seen: 'no process listens on it' },
  );
}
