import type { Duplex } from 'node:stream';
import type { SshHop } from '../../model/ssh-settings.ts';
import { ok, type Result } from '../../util/result.ts';
import type { Failure } from '../failure.ts';

/** How bytes get to a machine. May be used again and again, until it is closed. */
export interface Way {
  /** What was learned to open it: as `LoggedIn` has it. */
  readonly learned: readonly string[];
  /** Opens one stream, within `timeoutMs`. Aborting `signal` settles it promptly. */
  open(to: Pick<SshHop, 'address' | 'port'>, timeoutMs: number, signal: AbortSignal): Promise<Result<Stream, Failure>>;
  /** No more streams; those that are open stay so. */
  close(): void;
}

export interface Stream {
  /** Absent: ssh2 makes a TCP connection itself. */
  readonly socket?: Duplex;
  /** Lets go of the stream and of all that belongs to it. */
  readonly end: () => void;
  /** What the way knows of a failure at its far end. Asked before `end`. */
  readonly explain: (failure: Failure) => Promise<Failure>;
}

/** From here, by TCP. */
export const DIRECT: Way = {
  learned: [],
  open: () => Promise.resolve(ok({ end: () => undefined, explain: (failure) => Promise.resolve(failure) })),
  close: () => undefined,
};
