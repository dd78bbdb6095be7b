import type { Duplex } from 'node:stream';
import type { ErrorInfo } from '../../model/error.ts';
import type { Becoming } from '../../model/host.ts';
import type { Become, Connection } from '../../model/transport.ts';
import type { Result } from '../../util/result.ts';
import type { Pipes, Reach } from './reach.ts';

type Connect = (become: Become, signal: AbortSignal) => Promise<Result<Connection, ErrorInfo>>;

/**
 * Shells of other users than the connection's own, one for each, opened when first needed. Root needs none: it starts a step as
 * another by itself. For all others a question can only be answered at the start of a channel, and not from inside a shell,
 * which is busy with the step.
 */
export class OtherUsers {
  readonly #connect: Connect;
  readonly #opened = new Map<Become, Promise<Result<Connection, ErrorInfo>>>();

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  async of(become: Become, signal: AbortSignal): Promise<Result<Connection, ErrorInfo>> {
    const opening = this.#opened.get(become) ?? this.#connect(become, signal);
    this.#opened.set(become, opening);
    const connection = await opening;
    if (!connection.ok) this.#opened.delete(become);
    return connection;
  }

  /** As `Connection.close`, of all of them. */
  async close(claims?: 'keep-claims'): Promise<boolean> {
    const opened = await Promise.all(this.#opened.values());
    const told = await Promise.all(opened.map(async (connection) => !connection.ok || connection.value.close(claims)));
    return told.every(Boolean);
  }
}

/** The same way, not to be closed by who uses it. */
export class BorrowedReach implements Reach {
  readonly name: string;
  readonly user: string;
  readonly becoming: Becoming;
  readonly #owned: Reach;

  constructor(owned: Reach) {
    this.name = owned.name;
    this.user = owned.user;
    this.becoming = owned.becoming;
    this.#owned = owned;
  }

  get isOpen(): boolean {
    return this.#owned.isOpen;
  }

  open(command: string): Promise<Result<Pipes, ErrorInfo>> {
    return this.#owned.open(command);
  }

  dial(address: string, port: number, signal: AbortSignal): Promise<Result<Duplex, ErrorInfo>> {
    return this.#owned.dial(address, port, signal);
  }

  close(): void {
    // Its owner does.
  }
}
