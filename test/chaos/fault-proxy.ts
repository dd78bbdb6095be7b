import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';

export type Direction = 'to-host' | 'to-controller';

/**
 * `rst`: both ends see a reset. `fin`: both see an end. `half-close`: the controller sees an end, and may still send. `black-hole`: nothing
 * passes any more, and neither end is told. `flip`: one bit of the byte at `at` is turned over, and all goes on.
 */
export type Fault = 'rst' | 'fin' | 'half-close' | 'black-hole' | 'flip';

/** What befalls one connection. */
export interface Weather {
  /** Before each piece. */
  readonly delayMs?: number;
  readonly bytesPerSecond?: number;
  /** Bytes of a piece: 1 makes segments of one byte. Default: as they come. */
  readonly pieceBytes?: number;
  /** Once so many bytes have passed in that direction. */
  readonly cut?: { readonly direction: Direction; readonly at: number; readonly fault: Fault };
}

/** A TCP proxy on 127.0.0.1 that makes the faults of a network. */
export class FaultProxy {
  /** Bytes that arrived, of all connections since `forget`. */
  readonly arrived: Record<Direction, number> = { 'to-host': 0, 'to-controller': 0 };
  /** Connections since `forget`. */
  connections = 0;
  /** Asked for each connection, which are counted from 1 since `forget`. */
  weather: (connection: number) => Weather = () => ({});
  readonly #server: Server;
  readonly #links = new Set<Link>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async to(address: string, port: number): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new FaultProxy(server);
    server.on('connection', (controller) => {
      proxy.#accept(controller, createConnection({ host: address, port, allowHalfOpen: true, noDelay: true }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Now, to all connections that are open. */
  strike(fault: Exclude<Fault, 'flip'>): void {
    for (const link of this.#links) link.strike(fault);
  }

  /** Ends all connections, and counts anew. */
  forget(): void {
    for (const link of this.#links) link.destroy();
    this.arrived['to-host'] = 0;
    this.arrived['to-controller'] = 0;
    this.connections = 0;
  }

  close(): void {
    this.forget();
    this.#server.close();
  }

  #accept(controller: Socket, host: Socket): void {
    this.connections += 1;
    const link = new Link(controller, host, this.weather(this.connections), (direction, bytes) => {
      this.arrived[direction] += bytes;
    });
    this.#links.add(link);
    void link.closed.then(() => this.#links.delete(link));
  }
}

class Link {
  readonly closed: Promise<void>;
  readonly #controller: Socket;
  readonly #host: Socket;
  readonly #weather: Weather;
  readonly #arrived: (direction: Direction, bytes: number) => void;
  #isSilent = false;

  constructor(
    controller: Socket,
    host: Socket,
    weather: Weather,
    arrived: (direction: Direction, bytes: number) => void,
  ) {
    this.#controller = controller;
    this.#host = host;
    this.#weather = weather;
    this.#arrived = arrived;
    for (const socket of [controller, host]) socket.on('error', () => this.destroy());
    const both = [this.#pump('to-host', controller, host), this.#pump('to-controller', host, controller)];
    this.closed = Promise.allSettled(both).then(() => this.destroy());
  }

  strike(fault: Exclude<Fault, 'flip'>): void {
    switch (fault) {
      case 'rst':
        this.#controller.resetAndDestroy();
        this.#host.resetAndDestroy();
        break;
      case 'fin':
        this.#isSilent = true;
        this.#controller.end();
        this.#host.end();
        break;
      case 'half-close':
        this.#controller.end();
        break;
      case 'black-hole':
        this.#isSilent = true;
        break;
    }
  }

  destroy(): void {
    this.#controller.destroy();
    this.#host.destroy();
  }

  async #pump(direction: Direction, from: Socket, to: Socket): Promise<void> {
    let passed = 0;
    for await (const chunk of from as AsyncIterable<Buffer>) {
      this.#arrived(direction, chunk.length);
      for (const piece of pieces(chunk, this.#weather.pieceBytes)) {
        await this.#wait(piece.length);
        passed += await this.#pass(to, this.#befallen(direction, passed, piece));
      }
    }
    if (!this.#isSilent && to.writable) to.end();
  }

  async #wait(bytes: number): Promise<void> {
    const { delayMs = 0, bytesPerSecond = Infinity, pieceBytes } = this.#weather;
    const ms = delayMs + (bytes / bytesPerSecond) * 1000;
    if (ms > 0) await pause(ms);
    else if (pieceBytes !== undefined) await turn();
  }

  /** The piece as it goes on, after what befalls it. */
  #befallen(direction: Direction, passed: number, piece: Buffer): Buffer {
    const { cut } = this.#weather;
    if (cut?.direction !== direction || cut.at < passed || cut.at >= passed + piece.length) return piece;
    const { fault } = cut;
    const at = cut.at - passed;
    if (fault === 'flip') {
      const flipped = Buffer.from(piece);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      return flipped;
    }
    // What came before the cut has to be on its way when it is made.
    setImmediate(() => this.strike(fault));
    return piece.subarray(0, at);
  }

  async #pass(to: Socket, piece: Buffer): Promise<number> {
    if (!this.#isSilent && to.writable && piece.length > 0)
      await new Promise<void>((resolve) => to.write(piece, () => resolve()));
    return piece.length;
  }
}

function* pieces(chunk: Buffer, bytes = chunk.length): Iterable<Buffer> {
  for (let from = 0; from < chunk.length; from += bytes) yield chunk.subarray(from, from + bytes);
}
