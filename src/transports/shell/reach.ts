import type { Duplex, Readable, Writable } from 'node:stream';
import type { ErrorInfo } from '../../model/error.ts';
import type { Becoming } from '../../model/host.ts';
import type { Result } from '../../util/result.ts';

/** A command at the far end of three pipes, not yet spoken to. */
export interface Pipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when both outputs are at their end, whoever ended them. Never rejects. */
  readonly closed: Promise<void>;
  /** Lets go of this end at once; says nothing about the far one. */
  destroy(): void;
}

/** A way to a host that is already open: what `ssh` and `local` do differently below the shell. */
export interface Reach {
  /** The host's name in messages. */
  readonly name: string;
  /** The user that was logged in as. */
  readonly user: string;
  /** How another user is become there. */
  readonly becoming: Becoming;
  /** As `Connection` says. */
  readonly hostKey?: string;
  /** As `Connection` says. */
  readonly learned?: readonly string[];
  /** Is there a connection? Without one, nothing that ended there has said why. */
  readonly isOpen: boolean;
  /** Starts one more command by the login shell: one that ends in a `/bin/sh`. */
  open(command: string): Promise<Result<Pipes, ErrorInfo>>;
  dial(address: string, port: number, signal: AbortSignal): Promise<Result<Duplex, ErrorInfo>>;
  /** Closes the way and all that is open on it. */
  close(): void;
}
