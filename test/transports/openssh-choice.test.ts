import assert from 'node:assert/strict';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { HostFacts, SshHost } from '../../src/model/host.ts';
import { connectionWith } from '../../src/transports/connection-with.ts';
import type { SshError } from '../../src/transports/failure.ts';
import { createMemoryTransport } from '../../src/transports/memory.ts';
import { NOT_INSTALLED } from '../../src/transports/openssh/failure.ts';
import { outputOf } from '../../src/transports/output.ts';
import { createSshElseOpenssh } from '../../src/transports/ssh-else-openssh.ts';
import type { SshTransport } from '../../src/transports/ssh.ts';
import { err, ok } from '../../src/util/result.ts';
import { changeOf, locked, NEVER, newRunId, script } from '../conformance/transport.ts';
import { sshHost, sshSettings } from '../support/hosts.ts';

const OPTIONS = { become: true, connectTimeoutMs: 1000, secrets: {} } as const;
const SAID: ErrorInfo = { code: 'protocol', message: 'no common algorithm with h:22: no matching key exchange' };
const NO_ALGORITHM: SshError = { ...SAID, beyond: 'they have no algorithm in common' };

describe('the choice between our own SSH and the program ssh', () => {
  let asked: string[];
  const host = (beyond: readonly string[] = []): SshHost => sshHost('web', sshSettings({ beyond }));

  beforeEach(() => {
    asked = [];
  });

  /** Fails with the errors in turn, and connects after them. */
  function transport(name: string, ...errors: SshError[]): SshTransport {
    const result = {
      end: { how: 'exit', code: 0 },
      stdout: outputOf('out'),
      stderr: outputOf(''),
      durationMs: 1,
    } as const;
    const machine = { facts: { uid: 0 } as HostFacts, respond: () => result };
    const memory = createMemoryTransport(new Map([['web', machine]]));
    return {
      connect: async (to, options, signal) => {
        asked.push(name);
        const error = errors.shift();
        if (error !== undefined) return err(error);
        const connected = await memory.connect(to, options, signal);
        if (!connected.ok) return connected;
        const leave = async () => ({ isTold: await connected.value.close() });
        return ok({ ...connectionWith(connected.value, {}), leave });
      },
    };
  }

  const connect = (either: ReturnType<typeof createSshElseOpenssh>, to = host()) => either.connect(to, OPTIONS, NEVER);
  const chosenBy = async (
    either: ReturnType<typeof createSshElseOpenssh>,
    to = host(),
  ): Promise<string | undefined> => {
    const connection = await connect(either, to);
    return connection.ok ? connection.value.chosen : connection.error.message;
  };

  it('is our own where nothing speaks against it', async () => {
    const either = createSshElseOpenssh(transport('ssh'), transport('openssh'));
    assert.equal(await chosenBy(either), undefined);
    assert.deepEqual(asked, ['ssh']);
  });

  it('is the program at once where it is known that only that can do it', async () => {
    const either = createSshElseOpenssh(transport('ssh'), transport('openssh'));
    assert.equal(
      await chosenBy(either, host(['there is the certificate /k'])),
      'openssh, because there is the certificate /k',
    );
    assert.deepEqual(asked, ['openssh']);
  });

  it('is the program when our own shows that it can not, and stays it for that host', async () => {
    const either = createSshElseOpenssh(transport('ssh', NO_ALGORITHM), transport('openssh'));
    assert.match((await chosenBy(either)) ?? '', /^openssh, because they have no algorithm in common$/);
    assert.match((await chosenBy(either)) ?? '', /^openssh, because/);
    assert.deepEqual(asked, ['ssh', 'openssh', 'openssh']);
  });

  for (const error of [
    { code: 'authentication', message: 'h:22 refuses ann with key /a' },
    { code: 'key-unusable', message: 'key /k on a FIDO token' },
    { code: 'host-key-unverifiable', message: 'the list of revoked keys is not there' },
    { code: 'protocol', message: 'no common algorithm' },
    { code: 'host-key-unknown', message: 'the host is unknown' },
    { code: 'host-key-changed', message: 'the host key has changed' },
    { code: 'protocol', message: 'h:22 does not speak SSH as expected' },
    { code: 'connection-timeout', message: 'h:22 did not answer' },
  ] as const)
    it(`is no second try after ${error.code} without a reason for one: ${error.message}`, async () => {
      const either = createSshElseOpenssh(transport('ssh', error), transport('openssh'));
      assert.equal(await chosenBy(either), error.message);
      assert.deepEqual(asked, ['ssh']);
    });

  it('leaves the first error where there is no program, and says what to install', async () => {
    const either = createSshElseOpenssh(
      transport('ssh', NO_ALGORITHM, NO_ALGORITHM),
      transport('openssh', NOT_INSTALLED),
    );
    const first = await connect(either);
    assert.deepEqual(first.ok ? first : first.error, {
      ...SAID,
      hint: `The program ssh could do it, but the program ssh is not installed here. ${NOT_INSTALLED.hint}`,
    });
    await connect(either);
    assert.deepEqual(asked, ['ssh', 'openssh', 'ssh', 'openssh']);
  });

  it('gives the words of the program where that fails too', async () => {
    const error: ErrorInfo = { code: 'host-key-unverifiable', message: 'expired' };
    const either = createSshElseOpenssh(transport('ssh', NO_ALGORITHM), transport('openssh', error));
    assert.equal(await chosenBy(either), 'expired');
  });

  it('gives a connection that does all that the program offers', async () => {
    const either = createSshElseOpenssh(transport('ssh', NO_ALGORITHM), transport('openssh'));
    const connection = await connect(either);
    assert.ok(connection.ok);
    const runId = newRunId();
    await locked(connection.value, runId);
    assert.equal((await connection.value.read({ script: script('a'), timeoutMs: 1 }, NEVER)).stdout.text, 'out');
    assert.equal((await connection.value.change(changeOf(runId, 'b'), NEVER)).stdout.text, 'out');
    const dialed = await connection.value.dial('127.0.0.1', 1, NEVER);
    assert.equal(dialed.ok, false);
    await connection.value.close();
    assert.equal((await connection.value.read({ script: script('a'), timeoutMs: 1 }, NEVER)).end.how, 'lost');
  });
});
