import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Host } from '../../src/model/host.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { NEVER } from '../conformance/transport.ts';
import { withFiles } from '../support/hosts.ts';
import { newKey, startSshServer, userKey, type SshServer } from './ssh-server.ts';
import { inTime } from '../support/in-time.ts';

describe('logging in over SSH', () => {
  let server: SshServer;
  afterEach(() => server.stop());

  const tried = async (host: Host, transport = createSshTransport(), connectTimeoutMs = 3000) => {
    const connection = await transport.connect(host, { become: false, connectTimeoutMs, secrets: {} }, NEVER);
    if (connection.ok) await connection.value.close();
    return connection.ok ? undefined : connection.error;
  };
  const keyFile = (name: string, text: string, mode = 0o600): string => {
    const file = join(server.folder, name);
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };

  for (const kind of ['rsa', 'ecdsa'] as const)
    it(`takes a key of kind ${kind}`, async () => {
      server = await startSshServer({ userKey: newKey(kind) });
      assert.equal(await tried(server.host), undefined);
    });

  it('shows a refused key once, and to no fourth host after three', async () => {
    server = await startSshServer({ accept: () => false });
    const transport = createSshTransport();
    for (let host = 0; host < 5; host += 1) {
      const error = await tried({ ...server.host, name: `web0${host}` }, transport);
      assert.equal(error?.code, 'authentication');
      assert.match(error.message, host < 3 ? /refuses .* with key/ : /not tried: 3 hosts refused/);
    }
    assert.equal(server.attempts.authentication, 3);
  });

  it('goes on showing a key that some host took', async () => {
    server = await startSshServer({ accept: ({ method }) => method !== 'none' && server.attempts.connections === 1 });
    const transport = createSshTransport();
    const errors = [];
    for (let host = 0; host < 5; host += 1) errors.push(await tried(server.host, transport));
    assert.equal(errors[0], undefined);
    assert.ok(errors.slice(1).every((error) => error?.message.includes('refuses')));
    assert.equal(server.attempts.connections, 5);
  });

  it('says what is wrong with a key file', async () => {
    server = await startSshServer();
    const cases: readonly (readonly [string, RegExp])[] = [
      [join(server.folder, 'none'), /does not exist/],
      [keyFile('pub', userKey.public), /is a public key/],
      [keyFile('open', userKey.private, 0o644), /can be read by others \(mode 0644\)/],
      [keyFile('locked', newKey('ed25519', 'secret').private), /is encrypted/],
      [keyFile('text', 'hello'), /not in a known format/],
      [server.folder, /can't be read/],
    ];
    for (const [privateKeyFile, words] of cases) {
      const error = await tried({
        ...server.host,
        ssh: withFiles(server.host.ssh, privateKeyFile, server.knownHostsFile),
      });
      assert.equal(error?.code, 'key-unusable', privateKeyFile);
      assert.match(error.message, words);
      assert.ok(error.hint !== undefined && error.hint.length > 10);
    }
    assert.equal(server.attempts.connections, 0);
  });

  describe('to what is no SSH server', () => {
    let sockets: Socket[] = [];
    const listening = async (greet: (socket: Socket) => void): Promise<Host> => {
      server = await startSshServer();
      sockets = [];
      const tcp = createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => undefined);
        greet(socket);
      });
      await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', () => resolve()));
      const { port } = tcp.address() as AddressInfo;
      after(() => tcp.close());
      return { ...server.host, port };
    };
    afterEach(() => {
      for (const socket of sockets) socket.destroy();
    });

    it('ends when nothing is said', async () => {
      const error = await tried(await listening(() => undefined), undefined, 500);
      assert.equal(error?.code, 'connection-timeout');
    });

    it('ends when garbage is said for ever', async () => {
      const host = await listening((socket) => {
        const more = (): void => void (socket.writable && socket.write('x'.repeat(65_536), () => setImmediate(more)));
        more();
      });
      const error = await tried(host, undefined, 2000);
      assert.ok(error?.code === 'protocol' || error?.code === 'connection-timeout', JSON.stringify(error));
    });

    it('tries again when it is dropped before the handshake, a few times', async () => {
      const host = await listening((socket) => socket.destroy());
      const error = await tried(host, undefined, 2000);
      assert.equal(error?.code, 'connection-lost');
      assert.equal(sockets.length, 6);
    }).timeout(30_000);

    it('says that a port is closed and that a name has no address', async () => {
      server = await startSshServer();
      assert.equal((await tried({ ...server.host, port: 1 }))?.code, 'connection-refused');
      assert.equal((await tried({ ...server.host, address: 'no.such.host.invalid' }))?.code, 'address-unknown');
    });

    it('is given up at once when the caller no longer waits', async () => {
      const host = await listening(() => undefined);
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 100);
      const started = performance.now();
      const connection = await createSshTransport().connect(
        host,
        { become: false, connectTimeoutMs: 20_000, secrets: {} },
        stop.signal,
      );
      assert.equal(connection.ok ? 'open' : connection.error.code, 'interrupted');
      assert.ok(performance.now() - started < inTime(2000));
    });
  });
});
