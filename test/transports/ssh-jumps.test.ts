import assert from 'node:assert/strict';
import { connect as connectTcp, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Host } from '../../src/model/host.ts';
import type { JumpHost, SshRoute } from '../../src/model/ssh-settings.ts';
import type { Connection } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { NEVER, script } from '../conformance/transport.ts';
import { startSshServer, type SshServer, type SshServerOptions } from './ssh-server.ts';

describe('a jump host, before SSH servers in this process', () => {
  let gate: SshServer;
  let target: SshServer;
  const open: Connection[] = [];
  const start = async (options: SshServerOptions = {}): Promise<void> => {
    [gate, target] = await Promise.all([startSshServer(options), startSshServer()]);
  };
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
    await Promise.all([gate.stop(), target.stop()]);
  });

  const asJump = (name: string, { host }: SshServer): JumpHost => ({ ...host.ssh, name });
  const behind = (...hops: readonly JumpHost[]): SshRoute => ({ kind: 'jumps', hops });
  const connect = async (route: SshRoute, transport = createSshTransport()) => {
    const host: Host = { ...target.host, ssh: { ...target.host.ssh, route } };
    const connection = await transport.connect(host, { become: false, connectTimeoutMs: 3000, secrets: {} }, NEVER);
    if (connection.ok) open.push(connection.value);
    return connection;
  };

  it('is logged in to once for hosts that are reached at once, and left after the last', async () => {
    await start();
    const transport = createSshTransport();
    const way = behind(asJump('gate', gate));
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => connect(way, transport)));
    assert.ok(all.every(({ ok }) => ok));
    assert.equal(gate.attempts.connections, 1);
    assert.equal(target.attempts.connections, 5);
    for (const connection of open.splice(0)) await connection.close();
    await pause(100);
    assert.ok((await connect(way, transport)).ok);
    assert.equal(gate.attempts.connections, 2, 'the first connection was left');
  });

  it('takes all hosts behind it along when it is lost', async () => {
    await start();
    const connection = await connect(behind(asJump('gate', gate)));
    assert.ok(connection.ok);
    const reading = connection.value.read({ script: script('sleep 5'), timeoutMs: 5000 }, NEVER);
    await pause(100);
    gate.cut();
    assert.deepEqual((await reading).end, { how: 'lost' });
  });

  it('is named in what goes wrong there, and the host learns nothing of it', async () => {
    await start({ accept: () => false });
    const transport = createSshTransport();
    const way = behind(asJump('gate', gate));
    for (let round = 0; round < 3; round += 1) {
      const connection = await connect(way, transport);
      assert.equal(connection.ok ? '' : connection.error.code, 'authentication');
      assert.match(connection.ok ? '' : connection.error.message, /^the jump host gate: /);
      const hint = connection.ok ? '' : (connection.error.hint ?? '');
      assert.match(hint, /under Host gate, .* none of the inventory: .* this must work: ssh -p \d+ \S+@gate$/);
    }
    assert.equal(gate.attempts.connections, 1, 'what it refused is not tried again for another host');
    assert.equal(target.attempts.connections, 0);
  });

  it('is tried again for a later host where it did not answer at all', async () => {
    await start();
    const transport = createSshTransport();
    const late = await startSshServer();
    const { port } = late.host;
    await late.stop();
    const way = behind({ ...asJump('gate', gate), port });
    const first = await connect(way, transport);
    assert.equal(first.ok ? '' : first.error.code, 'connection-refused');
    const relay = createServer((socket) => socket.pipe(connectTcp(gate.host.port, '127.0.0.1')).pipe(socket));
    await new Promise<void>((resolve) => relay.listen(port, '127.0.0.1', () => resolve()));
    const second = await connect(way, transport);
    relay.close();
    assert.equal(
      second.ok ? '' : second.error.code,
      'host-key-unknown',
      'it answers now, under a port that nobody knows',
    );
  });

  it('is reached by a command or through another jump host', async () => {
    await start();
    const pipe = `const s=require("net").connect(+process.argv[1],"127.0.0.1");process.stdin.pipe(s).pipe(process.stdout)`;
    const command = `${process.execPath} -e '${pipe}' ${gate.host.port}`;
    const outer = await startSshServer();
    try {
      const by = await connect({ kind: 'jumps', hops: [asJump('gate', gate)], command });
      assert.ok(by.ok, JSON.stringify(by));
      const chain = await connect(behind(asJump('outer', outer), asJump('gate', gate)));
      assert.ok(chain.ok, JSON.stringify(chain));
      assert.equal(outer.attempts.connections, 1);
      for (const connection of open.splice(0)) await connection.close();
    } finally {
      await outer.stop();
    }
  });
});
