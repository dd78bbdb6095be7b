import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { SshSettings } from '../../src/model/ssh-settings.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { sshHost, sshSettings } from '../support/hosts.ts';
import { skip } from '../support/skip.ts';
import { userKey } from './ssh-server.ts';
import { SshPlace } from './ssh-config-place.ts';

describe('the socket of a connection over SSH', () => {
  let server: Server;
  let place: SshPlace;
  let stop: AbortController;
  const seen: string[] = [];
  beforeEach(() => {
    place = new SshPlace();
    seen.length = 0;
    stop = new AbortController();
    server = createServer((socket) => {
      seen.push(`${socket.remoteAddress}`);
      socket.on('error', () => undefined);
      stop.abort();
    });
  });
  afterEach(() => {
    server.close();
    place.remove();
  });

  const connect = async (listening: string, parts: Partial<SshSettings>): Promise<void> => {
    await new Promise<void>((resolve) => server.listen(0, listening, () => resolve()));
    const { port } = server.address() as AddressInfo;
    const login = { keyFiles: [{ path: place.write('key', userKey.private), isDefault: false }], onlyThese: true };
    const settings = sshSettings({ port, login: { ...login, methods: ['publickey'] }, ...parts });
    const host = sshHost('web01', settings);
    const options = { become: false, connectTimeoutMs: 2000, secrets: {} };
    const connection = await createSshTransport().connect(host, options, stop.signal);
    assert.equal(connection.ok ? 'open' : connection.error.code, 'interrupted');
  };

  it('comes from BindAddress', async () => {
    await connect('127.0.0.1', { bindAddress: '127.0.0.9' });
    assert.equal(seen[0], '127.0.0.9');
  });

  for (const [family, from] of [
    ['inet', '::ffff:127.0.0.1'],
    ['inet6', '::1'],
  ] as const)
    it(`is of the AddressFamily ${family}`, async function () {
      const addresses = await lookup('localhost', { all: true });
      if (addresses.length < 2) skip(this, 'localhost has not both an IPv4 and an IPv6 address here');
      await connect('::', { address: 'localhost', family });
      assert.equal(seen[0], from);
    });
});
