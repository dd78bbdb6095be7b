import type { Duplex } from 'node:stream';
import type { ErrorInfo } from '../../model/error.ts';
import { err, type Result } from '../../util/result.ts';
import type { Reach } from './reach.ts';

/** The streams that a connection has opened to ports of its host: those that are open when it ends, end with it. */
export class Streams {
  readonly #reach: Reach;
  readonly #open = new Set<Duplex>();
  #isOver = false;

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  async dial(address: string, port: number, signal: AbortSignal): Promise<Result<Duplex, ErrorInfo>> {
    const stream = await this.#reach.dial(address, port, signal);
    if (!stream.ok) return stream;
    if (this.#isOver) {
      stream.value.destroy();
      const message = `${this.#reach.name}: ${address}:${port}: the connection is closed`;
      return err({ code: 'connection-lost', message });
    }
    this.#open.add(stream.value);
    stream.value.once('close', () => this.#open.delete(stream.value));
    return stream;
  }

  end(): void {
    this.#isOver = true;
    for (const stream of this.#open) stream.destroy();
  }
}
