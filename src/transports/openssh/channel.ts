import { Duplex, type Readable, type Writable } from 'node:stream';
import type { Pipes } from '../shell/reach.ts';
import type { PipedProcess } from '../start-process.ts';

/** The first thing such a process says when its channel is open; what comes after it is the host's. */
const OPENED = /^debug1: mux_client_request_\w+: master session id: \d+\r?\n/m;

/** A process `ssh` that uses a connection which another holds, for one session or forwarding. */
export class Channel implements Pipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly closed: Promise<void>;
  /** `undefined`: the channel is open. Else what was said when it could not be, and it has ended. */
  readonly opened: Promise<string | undefined>;
  readonly #child: PipedProcess;

  constructor(child: PipedProcess) {
    this.#child = child;
    this.stdin = this.#child.stdin;
    this.stdout = this.#child.stdout;
    this.stderr = this.#child.stderr;
    for (const stream of [this.stdin, this.stdout, this.stderr]) stream.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      this.#child.once('close', () => resolve());
      this.#child.once('error', () => resolve());
    });
    this.opened = this.#open();
  }

  destroy(): void {
    for (const stream of [this.stdin, this.stdout, this.stderr]) stream.destroy();
    this.#child.kill();
  }

  #open(): Promise<string | undefined> {
    return new Promise((resolve) => {
      let said = '';
      // Not by `data`: what the host says next must wait for who reads it.
      const take = (): void => {
        said += ((this.stderr.read() as Buffer | null) ?? '').toString('latin1');
        if (!OPENED.test(said)) return;
        this.stderr.off('readable', take);
        const rest = said.replace(OPENED, '');
        if (rest !== '') this.stderr.unshift(Buffer.from(rest, 'latin1'));
        resolve(undefined);
      };
      this.stderr.on('readable', take);
      void this.closed.then(() => resolve(said));
    });
  }
}

/** Its bytes both ways; it ends with this. */
export class ChannelStream extends Duplex {
  readonly #channel: Channel;

  constructor(channel: Channel) {
    super();
    this.#channel = channel;
    channel.stderr.resume();
    channel.stdout.on('data', (chunk: Buffer) => this.push(chunk) || channel.stdout.pause());
    channel.stdout.once('end', () => this.push(null));
    void channel.closed.then(() => this.destroy());
  }

  override _read(): void {
    this.#channel.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.stdin.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#channel.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channel.destroy();
    done(error);
  }
}
