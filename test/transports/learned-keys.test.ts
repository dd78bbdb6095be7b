import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SshHost } from '../../src/model/host.ts';
import type { Connection, Transport } from '../../src/model/transport.ts';
import { createOpensshTransport } from '../../src/transports/openssh.ts';
import { createSshElseOpenssh } from '../../src/transports/ssh-else-openssh.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { NEVER } from '../conformance/transport.ts';
import { skip } from '../support/skip.ts';
import { startSshServer, type SshServer } from './ssh-server.ts';

describe('a host key that is believed though no file had it', () => {
  let target: SshServer;
  let gate: SshServer;
  const open: Connection[] = [];
  beforeEach(async () => {
    [target, gate] = await Promise.all([startSshServer(), startSshServer()]);
    for (const { knownHostsFile } of [target, gate]) writeFileSync(knownHostsFile, '');
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
    await Promise.all([target.stop(), gate.stop()]);
  });

  const believing = ({ host }: SshServer): SshHost['ssh'] => ({
    ...host.ssh,
    hostKeys: { ...host.ssh.hostKeys, unknown: 'add' },
  });
  const learned = async (transport: Transport, ssh: SshHost['ssh']): Promise<readonly string[] | undefined> => {
    const options = { become: false, connectTimeoutMs: 5000, secrets: {} };
    const connection = await transport.connect({ ...target.host, ssh }, options, NEVER);
    assert.ok(connection.ok, JSON.stringify(connection));
    open.push(connection.value);
    return connection.value.learned;
  };
  const words = ({ fingerprint, knownHostsFile }: SshServer): string =>
    `the host was unknown: its ssh-ed25519 key ${fingerprint} is now in ${knownHostsFile}`;

  it('is told with the connection, once', async () => {
    const transport = createSshTransport();
    assert.deepEqual(await learned(transport, believing(target)), [words(target)]);
    assert.equal(await learned(transport, believing(target)), undefined);
  });

  it('is told of a jump host with the first host behind it', async () => {
    const transport = createSshTransport();
    const hop = { ...believing(gate), name: 'gate' };
    const ssh: SshHost['ssh'] = { ...target.host.ssh, route: { kind: 'jumps', hops: [hop] } };
    writeFileSync(target.knownHostsFile, target.hostKeyLine);
    const all = await Promise.all([1, 2, 3].map(() => learned(transport, ssh)));
    assert.deepEqual(
      all.filter((each) => each !== undefined),
      [[`the jump host gate: ${words(gate)}`]],
    );
  });

  it('is told by the program ssh as well, also where that was not the first choice', async function () {
    if (spawnSync('ssh', ['-V']).status !== 0) skip(this, 'needs OpenSSH');
    const settings = [
      `Port=${target.host.port}`,
      `UserKnownHostsFile=${target.knownHostsFile}`,
      `IdentityFile=${join(target.folder, 'key')}`,
    ];
    const program = { destination: '127.0.0.1', options: settings, configFile: 'none' };
    const either = createSshElseOpenssh(createSshTransport(), createOpensshTransport());
    const ssh = { ...believing(target), program, beyond: ['it is wanted so'] };
    assert.deepEqual(await learned(either, ssh), [words(target)]);
    assert.match(readFileSync(target.knownHostsFile, 'utf8'), /ssh-ed25519 /);
    assert.equal(await learned(either, ssh), undefined);
  });
});
