import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createOpensshTransport } from '../../src/transports/openssh.ts';
import { Secret } from '../../src/util/secret.ts';
import { changeOf, locked, NEVER, newRunId, script } from '../conformance/transport.ts';
import type { FleetHost } from '../fleet/host.ts';
import { opensshHost } from './openssh-host.ts';
import { OpensshRig } from './openssh-rig.ts';
import { useLightHost } from './use-hosts.ts';

describe('the openssh transport in trouble', function () {
  this.timeout(60_000);
  let web: FleetHost;
  const rig = new OpensshRig(() => web);

  useLightHost('ossh13', (started) => {
    web = started;
  });
  beforeEach(() => rig.set());
  afterEach(() => rig.clear());

  it('shows a password and a passphrase only to the ssh that asks for them, once', async () => {
    await rig.on('echo ops:first | chpasswd');
    await rig.sshd('PasswordAuthentication yes');
    const byPassword = opensshHost(web, 'ops', ['IdentityFile=none'], { keyFile: null });
    const secrets = { loginPassword: new Secret('first') };
    assert.equal(await rig.why(byPassword, { secrets }), 'connected');
    const transport = createOpensshTransport();
    const wrong = { secrets: { loginPassword: new Secret('second') } };
    assert.match(await rig.why(byPassword, wrong, transport), /^authentication: \S+ refuses ops with the password/);
    assert.match(await rig.why(byPassword, wrong, transport), /^authentication: the password was not shown to/);
    const key = join(rig.folder, 'key');
    cpSync(web.rootKeyFile, key);
    rig.keygen('-p', '-P', '', '-N', 'third', '-f', key);
    const byKey = opensshHost(web, 'root', [`IdentityFile=${key}`], { keyFile: key });
    assert.match(await rig.why(byKey), /^key-unusable: .* would take the private key .*it may be encrypted/);
    assert.match(
      await rig.why(byKey, { secrets: { keyPassphrase: new Secret('4th') } }),
      /^key-unusable: .*passphrase is wrong/,
    );
    assert.equal(await rig.why(byKey, { secrets: { keyPassphrase: new Secret('third') } }), 'connected');
  });

  it('becomes root by a password that sudo asks for', async () => {
    await rig.on("echo ops:first | chpasswd; echo 'ops ALL=(ALL) ALL' >/etc/sudoers.d/ops");
    const secrets = { becomePassword: new Secret('first') };
    const connection = await rig.connected(opensshHost(web, 'ops'), { secrets });
    assert.equal((await connection.read({ script: script('id -un'), timeoutMs: 5000 }, NEVER)).stdout.text, 'root\n');
    assert.match(await rig.why(opensshHost(web, 'ops')), /^become: sudo asks ops for a password/);
    await rig.on("echo 'ops ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/ops");
  });

  it('loses a change when its ssh is killed, and leaves it to the host', async () => {
    const connection = await rig.connected(opensshHost(web));
    const runId = newRunId();
    await locked(connection, runId);
    const running = connection.change(changeOf(runId, 'sleep 1; echo whole >/root/done; echo out'), NEVER);
    await pause(400);
    for (const { pid, command } of rig.processes()) if (command.startsWith('ssh -N')) process.kill(pid, 'SIGKILL');
    assert.deepEqual((await running).end, { how: 'lost' });
    assert.deepEqual((await connection.read({ script: script('true'), timeoutMs: 1000 }, NEVER)).end, { how: 'lost' });
    const dialed = await connection.dial('127.0.0.1', 22, NEVER);
    assert.equal(dialed.ok ? 'open' : dialed.error.code, 'connection-lost');
    for (let round = 0; round < 60 && (await web.exec('test -e /root/done')).code !== 0; round += 1) await pause(100);
    const next = await rig.connected(opensshHost(web));
    await pause(300);
    await locked(next, runId);
    const again = await next.change(changeOf(runId, 'true'), NEVER);
    assert.deepEqual(again.end, { how: 'not-started', why: 'claimed' });
  });

  it('ends a step from a second session where two are allowed, and dials only where that is', async () => {
    await rig.sshd('MaxSessions 2', 'AllowTcpForwarding no');
    const connection = await rig.connected(opensshHost(web));
    const read = await connection.read({ script: script('sleep 99'), timeoutMs: 300 }, NEVER);
    assert.deepEqual(read.end, { how: 'timeout', gone: true });
    const dialed = await connection.dial('127.0.0.1', 22, NEVER);
    assert.equal(dialed.ok ? 'open' : dialed.error.code, 'channel-refused');
  });

  it('gets through when sshd drops connections at the door', async () => {
    await rig.sshd('MaxStartups 2:80:4');
    const transport = createOpensshTransport();
    const all = await Promise.all(
      Array.from({ length: 8 }, () => rig.why(opensshHost(web), { connectTimeoutMs: 20_000 }, transport)),
    );
    assert.deepEqual([...new Set(all)], ['connected']);
  });

  it('leaves no process and no file behind, also when the controller is killed', async () => {
    const connection = await rig.connected(opensshHost(web));
    await connection.close();
    await rig.nothingIsLeft();
    const client = new URL('openssh-client.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [client, JSON.stringify(opensshHost(web)), newRunId(), 'sleep 3'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    assert.ok(rig.processes().length > 0);
    child.kill('SIGKILL');
    await rig.nothingIsLeft();
  });
});
