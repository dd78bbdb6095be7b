import { Transform } from 'node:stream';
import type { Connection } from '../../src/model/transport.ts';
import { connectShell } from '../../src/transports/shell/connection.ts';
import type { Pipes, Reach } from '../../src/transports/shell/reach.ts';
import { ShownPasswords } from '../../src/transports/shown-passwords.ts';
import { startProcess } from '../../src/transports/start-process.ts';
import { ok } from '../../src/util/result.ts';
import { locked, newRunId, NEVER } from '../conformance/transport.ts';

/** A shell on this machine that is told something else than it was meant to be: what makes it slow in one place. */
export class SlowedReach implements Reach {
  readonly name = 'here';
  readonly user = 'root';
  readonly becoming = { method: 'sudo' } as const;
  readonly isOpen = true;
  readonly #slowed: (text: string) => string;
  readonly #pipes: Pipes[] = [];

  constructor(slowed: (text: string) => string) {
    this.#slowed = slowed;
  }

  open(command: string): ReturnType<Reach['open']> {
    const child = startProcess('/bin/sh', ['-c', command]);
    if (!child.ok) throw new Error(child.error);
    const { stdin, stdout, stderr } = child.value;
    const closed = new Promise<void>((resolve) => child.value.once('close', () => resolve()));
    const slowing = new Transform({
      transform: (chunk: Buffer, _, done) => done(null, this.#slowed(chunk.toString())),
    });
    slowing.pipe(stdin);
    const pipes: Pipes = { stdin: slowing, stdout, stderr, closed, destroy: () => child.value.kill() };
    this.#pipes.push(pipes);
    return Promise.resolve(ok(pipes));
  }

  /** A connection through it, with its lock. */
  async lock(): Promise<{ readonly connection: Connection; readonly runId: string }> {
    const options = { become: false, connectTimeoutMs: 5000, secrets: {} };
    const connected = await connectShell(this, options, new ShownPasswords(), NEVER);
    if (!connected.ok) throw new Error(connected.error.message);
    const runId = newRunId();
    await locked(connected.value, runId);
    return { connection: connected.value, runId };
  }

  /** A change that lost its report waits for ever, and mocha with it. */
  cut(): void {
    for (const pipes of this.#pipes) {
      for (const pipe of [pipes.stdin, pipes.stdout, pipes.stderr]) pipe.destroy();
      pipes.destroy();
    }
  }

  dial(): never {
    throw new Error('nothing is dialled');
  }

  close(): void {
    // Its shell ends with its input.
  }
}
