import type { ErrorInfo } from '../model/error.ts';
import type { Connection, Transport } from '../model/transport.ts';
import type { Result } from '../util/result.ts';
import type { ShownPasswords } from './shown-passwords.ts';

/** A transport whose connections may outlive the run that made them. */
export interface KeepableTransport extends Transport {
  connect(...asked: Parameters<Transport['connect']>): Promise<Result<KeepableConnection, ErrorInfo>>;
}

export interface KeepableConnection extends Connection {
  /**
   * As `close`, within the same time, but the shell stays open where that leaves nothing of the run behind: no change and no read that
   * may still run, no lock, no claim, no stream, no shell of another user. This connection answers as a closed one from then on.
   */
  leave(claims?: 'keep-claims'): Promise<Left>;
}

export interface Left {
  /** As `close` has it. */
  readonly isTold: boolean;
  /** Absent: it is closed. */
  readonly open?: LeftOpen;
}

/** A shell that waits on its host, as the user that it was opened for, with nothing of any run in it. */
export interface LeftOpen {
  /** Resolves when it is gone, whoever ended it. Never rejects. */
  readonly closed: Promise<void>;
  /**
   * A connection through it, once: proven alive by one round trip, on a host of the same identity that was not restarted, and of the same
   * user; its facts are of now. `undefined`: it is not, within the time, or the signal was aborted; then it is closed.
   * `passwords`: what the hosts of this run have said of theirs.
   */
  take(passwords: ShownPasswords, timeoutMs: number, signal: AbortSignal): Promise<KeepableConnection | undefined>;
  /** Within a second. */
  close(): Promise<void>;
}
