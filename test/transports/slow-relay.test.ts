import assert from 'node:assert/strict';
import { Transform } from 'node:stream';
import { connectShell } from '../../src/transports/shell/connection.ts';
import { CHANGE_SOURCE } from '../../src/transports/shell/change-source.ts';
import type { Pipes, Reach } from '../../src/transports/shell/reach.ts';
import { ShownPasswords } from '../../src/transports/shown-passwords.ts';
import { startProcess } from '../../src/transports/start-process.ts';
import { ok } from '../../src/util/result.ts';
import { changeOf, locked, newRunId, NEVER } from '../conformance/transport.ts';
import { rootProblem } from '../support/root.ts';
import { skip } from '../support/skip.ts';

const RELAY = /^ {2}(\(trap '' PIPE; .*) &$/m;

/** A busy host: what relays a step's output begins only when a quick step has long ended. */
const slowed = (text: string): string => text.replace(RELAY, '  { sleep 0.5; $1; } &');

class SlowReach implements Reach {
  readonly name = 'here';
  readonly user = 'root';
  readonly becoming = { method: 'sudo' } as const;
  readonly isOpen = true;
  readonly #pipes: Pipes[] = [];

  open(command: string): ReturnType<Reach['open']> {
    const child = startProcess('/bin/sh', ['-c', command]);
    if (!child.ok) throw new Error(child.error);
    const { stdin, stdout, stderr } = child.value;
    const closed = new Promise<void>((resolve) => child.value.once('close', () => resolve()));
    const slowing = new Transform({ transform: (chunk: Buffer, _, done) => done(null, slowed(chunk.toString())) });
    slowing.pipe(stdin);
    const pipes: Pipes = { stdin: slowing, stdout, stderr, closed, destroy: () => child.value.kill() };
    this.#pipes.push(pipes);
    return Promise.resolve(ok(pipes));
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

describe('a change whose relay is slow to start', function () {
  this.timeout(20_000);
  before(function () {
    const problem = rootProblem();
    if (problem !== undefined) skip(this, problem);
  });

  const reach = new SlowReach();
  after(() => reach.cut());

  it('is reported with all it printed, and leaves the lock free', async () => {
    assert.match(CHANGE_SOURCE, RELAY);
    for (const round of [1, 2]) {
      const options = { become: false, connectTimeoutMs: 5000, secrets: {} };
      const connection = await connectShell(reach, options, new ShownPasswords(), NEVER);
      assert.ok(connection.ok, `round ${round}`);
      const runId = newRunId();
      await locked(connection.value, runId);
      const change = changeOf(runId, 'echo out; echo err >&2', { timeoutMs: 2000 });
      const { end, stdout, stderr } = await connection.value.change(change, NEVER);
      await connection.value.close();
      assert.deepEqual([end, stdout.text, stderr.text], [{ how: 'exit', code: 0 }, 'out\n', 'err\n']);
    }
  });
});
