import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { ShellSession, type Nonces } from '../../src/transports/shell/session.ts';

describe('a session with the shell of a host', () => {
  it('takes what one stream said for no report when the other one was cut: it may have held more', async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    let cut = (): void => {};
    const closed = new Promise<void>((resolve) => (cut = resolve));
    const session = new ShellSession({ stdin, stdout, stderr, closed, destroy: () => cut() });
    let nonces: Nonces | undefined;
    const sent = session.send((given) => {
      nonces = given;
      return 'a change';
    });
    stdout.write(`\n@${nonces?.nonce}:begin\ndone\n@${nonces?.nonce}:end:0:\n`);
    stderr.write(`\n@${nonces?.nonce}:begin\n`);
    await sent.begun;
    await new Promise((resolve) => setImmediate(resolve));
    cut();
    const { status, begun } = await sent.report;
    assert.deepEqual({ status, begun }, { status: undefined, begun: true });
  });
});
