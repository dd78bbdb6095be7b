import type { Duplex } from 'node:stream';
import type { ProbeContext } from '../../model/action.ts';
import type { ErrorInfo } from '../../model/error.ts';
import type { Result } from '../../util/result.ts';

/** Connects from the host. Undefined: aborted first; a stream that comes too late is closed. */
export async function dialUntil(
  context: Pick<ProbeContext, 'dial'>,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<Result<Duplex, ErrorInfo> | undefined> {
  const dialed = context.dial(address, port);
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const first = await Promise.race([dialed, aborted]);
  if (first === undefined) void dialed.then((late) => (late.ok ? late.value.destroy() : undefined));
  return first;
}
