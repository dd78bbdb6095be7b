import assert from 'node:assert/strict';
import { lookup } from 'node:dns/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { SshSettings } from '../../src/model/ssh-settings.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { sshHost, sshSettings } from '../support/hosts.ts';
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

  const connect = async (parts: Partial<SshSettings>, listening = '127.0.0.1'): Promise<string> => {
    stop = new AbortController();
    await new Promise<void>((resolve) => server.listen(0, listening, () => resolve()));
    const { port } = server.address() as AddressInfo;
    const login = { keyFiles: [{ path: place.write('key', userKey.private), isDefault: false }], onlyThese: true };
    const settings = sshSettings({ port, login: { ...login, methods: ['publickey'] }, ...parts });
    const host = sshHost('web01', settings);
    const options = { become: false, connectTimeoutMs: 2000, secrets: {} };
    const connection = await createSshTransport().connect(host, options, stop.signal);
    server.close();
    return connection.ok ? 'open' : connection.error.code;
  };

  it('comes from BindAddress', async () => {
    assert.equal(await connect({ bindAddress: '127.0.0.9' }), 'interrupted');
    assert.deepEqual(seen, ['127.0.0.9']);
  });

  it('is of the AddressFamily, and is not made where the host has no address of it', async () => {
    const addresses = await lookup('localhost', { all: true });
    for (const [family, number, from] of [
      ['inet', 4, '127.0.0.1'],
      ['inet6', 6, '::1'],
    ] as const) {
      const hasOne = addresses.some((address) => address.family === number);
      const code = await connect({ address: 'localhost', family }, hasOne ? from : '127.0.0.1');
      assert.deepEqual([code, ...seen.splice(0)], hasOne ? ['interrupted', from] : ['address-unknown']);
    }
    assert.equal(await connect({ address: '127.0.0.1', family: 'inet6' }), 'address-unknown');
    assert.equal(await connect({ address: '::1', family: 'inet' }), 'address-unknown');
    assert.deepEqual(seen, []);
  });
});
