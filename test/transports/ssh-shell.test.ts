import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Become } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { NEVER, script } from '../conformance/transport.ts';
import { startSshServer, type SshServer, type SshServerOptions } from './ssh-server.ts';

describe('the shell behind an SSH login', () => {
  let server: SshServer;
  afterEach(() => server.stop());

  // Root becomes others by itself.
  const loginUser = 'ops';
  const opened = async (options: SshServerOptions, become: Become = false, connectTimeoutMs = 3000) => {
    server = await startSshServer(options);
    return createSshTransport().connect(
      { ...server.host, user: loginUser },
      { become, connectTimeoutMs, secrets: {} },
      NEVER,
    );
  };
  const refusal = async (options: SshServerOptions, become: Become = false, connectTimeoutMs = 3000) => {
    const connection = await opened(options, become, connectTimeoutMs);
    assert.ok(!connection.ok);
    return connection.error;
  };

  it('may print what it likes before ours speaks', async () => {
    const connection = await opened({
      command: (asked) => `echo motd; echo noise >&2; printf '\\n@x:begin\\n'; ${asked}`,
    });
    assert.ok(connection.ok);
    const result = await connection.value.read({ script: script('echo hi; echo err >&2'), timeoutMs: 3000 }, NEVER);
    assert.deepEqual([result.stdout.text, result.stderr.text], ['hi\n', 'err\n']);
    await connection.value.close();
  });

  it('is refused in its own words when it lets nobody in', async () => {
    const error = await refusal({ command: () => 'echo "This account is currently not available."; exit 1' });
    assert.equal(error.code, 'shell-unusable');
    assert.match(error.message, /This account is currently not available/);
  });

  it('is refused when it is restricted', async () => {
    const error = await refusal({ command: () => "bash -r -c 'exec /bin/sh'" });
    assert.equal(error.code, 'shell-unusable');
    assert.match(error.message, /restricted/);
  });

  it('is refused when it talks without end', async () => {
    const error = await refusal({ command: () => 'exec yes' });
    assert.equal(error.code, 'shell-unusable');
    assert.match(error.message, /64 kB/);
  });

  it('is refused when it never answers', async () => {
    const error = await refusal({ command: () => 'exec sleep 3' }, false, 400);
    assert.equal(error.code, 'shell-unusable');
    assert.match(error.message, /0\.4 s/);
  });

  it('is refused when the connection ends first', async () => {
    const error = await refusal({ onExec: (channel) => (setTimeout(() => channel.destroy(), 50), true) });
    assert.equal(error.code, 'shell-unusable');
  });

  describe('by way of sudo', () => {
    const sudo = (text: string): SshServerOptions => ({
      command: (asked) => {
        const folder = join(server.folder, 'bin');
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, 'sudo'), `#!/bin/sh\n${text}\n`);
        chmodSync(join(folder, 'sudo'), 0o755);
        return `PATH=${folder}:$PATH; ${asked}`;
      },
    });
    const cases: readonly (readonly [string, RegExp])[] = [
      ['echo "sudo: a password is required" >&2; exit 1', /sudo asks \S+ for a password to become webadm/],
      ['echo "ops is not in the sudoers file." >&2; exit 1', /sudo does not let \S+ become webadm/],
      ['echo "sudo: unknown user webadm" >&2; exit 1', /there is no user webadm/],
      [
        'echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1',
        /sudo wants a terminal \(requiretty in sudoers\)/,
      ],
      ['exec sleep 2', /did not answer within 0.5 s$/],
      ['printf "Verification code: " >&2; exec sleep 2', /did not answer within 0.5 s; it says: Verification code:$/],
    ];
    for (const [text, words] of cases)
      it(`says so: ${text}`, async () => {
        const error = await refusal(sudo(text), 'webadm', 500);
        assert.equal(error.code, 'become');
        assert.match(error.message, words);
        assert.ok(error.hint !== undefined);
      });

    it('says so when there is no sudo', async () => {
      const error = await refusal({ command: () => 'PATH=/nowhere; exec /usr/bin/env sudo -n /bin/sh' }, 'webadm');
      assert.match(error.message, /sudo is not installed/);
    });

    it('never asks for a user that is no name', async () => {
      const error = await refusal({}, 'root; reboot');
      assert.match(error.message, /is not the name of a user/);
    });

    it('becomes that user in a shell of its own', async () => {
      const connection = await opened(
        sudo('while [ "$1" != /bin/sh ]; do shift; done; BECAME=yes exec "$@"'),
        'webadm',
      );
      assert.ok(connection.ok);
      const result = await connection.value.read({ script: script('echo $BECAME'), timeoutMs: 3000 }, NEVER);
      assert.equal(result.stdout.text, 'yes\n');
      await connection.value.close();
    });
  });
});
