import type { Duplex } from 'node:stream';
import type { SshHop } from '../../model/ssh-settings.ts';
import type { Result } from '../../util/result.ts';
import type { Failure } from '../failure.ts';

/** How bytes get to a machine. May be used again and again, until it is closed. */
export interface Way {
  /** What was learned to open it: as `LoggedIn` has it. */
  readonly learned: readonly string[];
  /** Opens one stream, within `timeoutMs`. Aborting `signal` settles it promptly. */
  open(to: Destination, timeoutMs: number, signal: AbortSignal): Promise<Result<Stream, Failure>>;
  /** No more streams; those that are open stay so. */
  close(): void;
}

export type Destination = Pick<SshHop, 'address' | 'port' | 'family' | 'bindAddress'>;

export interface Stream {
  readonly socket: Duplex;
  /** The address at its far end, where that is known. */
  readonly from?: string;
  /** Lets go of the stream and of all that belongs to it. */
  readonly end: () => void;
  /** What the way knows of a failure at its far end. Asked before `end`. */
  readonly explain: (failure: Failure) => Promise<Failure>;
}
