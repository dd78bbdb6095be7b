import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import type { Nonces, Report } from '../../src/transports/shell/command.ts';
import { ShellSession } from '../../src/transports/shell/session.ts';

describe('a session with the shell of a host', () => {
  it('takes what one stream said for no report when the other one was cut: it may have held more', async () => {
    const change = startChange();
    change.stdout.write(`${change.begin}done${change.end('0:')}`);
    change.stderr.write(change.begin);
    await new Promise((resolve) => setImmediate(resolve));
    change.cut();
    const { status, begun } = await change.report;
    assert.deepEqual({ status, begun }, { status: undefined, begun: true });
  });

  for (const [out, err] of [
    ['0'.repeat(5000), '0:'],
    ['0:', '1:'],
    ['0:', '0:left'],
  ])
    it(`takes two streams that contradict each other for no report: ${out?.slice(0, 6)} and ${err}`, async () => {
      const change = startChange();
      change.stderr.write(`${change.begin}${change.end(err ?? '')}`);
      change.stdout.write(`${change.begin}${change.end(out ?? '')}`);
      assert.equal((await change.report).status, undefined);
    });
});

interface Change {
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  readonly begin: string;
  readonly end: (status: string) => string;
  readonly cut: () => void;
  readonly report: Promise<Report>;
}

/** A change that was sent to a shell, whose two streams are the test's. */
function startChange(): Change {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let cut = (): void => {};
  const closed = new Promise<void>((resolve) => (cut = resolve));
  const session = new ShellSession({ stdin, stdout, stderr, closed, destroy: () => cut() });
  let nonces: Nonces | undefined;
  const { report } = session.send((given) => {
    nonces = given;
    return 'a change';
  });
  const mark = `\n@${nonces?.nonce}`;
  return {
    stdout,
    stderr,
    begin: `${mark}:begin\n`,
    end: (status) => `${mark}:end:${status}\n`,
    cut: () => cut(),
    report,
  };
}
