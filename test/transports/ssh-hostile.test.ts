import assert from 'node:assert/strict';
import { createServer, connect as connectTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection } from 'ssh2';
import type { ErrorInfo } from '../../src/model/error.ts';
import type { SshHost } from '../../src/model/host.ts';
import type { Transport } from '../../src/model/transport.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { Secret } from '../../src/util/secret.ts';
import { NEVER, script } from '../conformance/transport.ts';
import { Random } from '../support/random.ts';
import { newKey, startSshServer, type SshServer } from './ssh-server.ts';
import { inTime } from '../support/in-time.ts';

const LIMIT_MS = 1500;

describe('an SSH server that means no good', function () {
  this.timeout(30_000);
  let server: SshServer;
  const relays: Server[] = [];
  const sockets = new Set<Socket>();
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    for (const relay of relays.splice(0)) relay.close();
    await server.stop();
  });

  const connect = (host: SshHost, transport: Transport = createSshTransport(), secrets = {}, signal = NEVER) =>
    transport.connect(host, { become: false, connectTimeoutMs: LIMIT_MS, secrets }, signal);
  const refused = async (...asked: Parameters<typeof connect>): Promise<ErrorInfo> => {
    const connection = await connect(...asked);
    assert.ok(!connection.ok);
    return connection.error;
  };
  /** Whoever connects is handed to `serve`; the host key is that of `server`. */
  const inFrontOf = async (serve: (socket: Socket) => void): Promise<SshHost> => {
    const relay = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket.on('error', () => undefined));
      serve(socket);
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', () => resolve()));
    relays.push(relay);
    const { port } = relay.address() as AddressInfo;
    const hostKeys = { ...server.host.ssh.hostKeys, alias: `[127.0.0.1]:${server.host.port}` };
    return { ...server.host, port, ssh: { ...server.host.ssh, port, hostKeys } };
  };

  for (const [what, said, words] of [
    ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n', /it says "HTTP\/1\.1 400 Bad Request"$/],
    ['terminal codes', '\x1b[2J\x1b]0;x\x07\r\n', /it says "\\\\x1b\[2J\\\\x1b\]0;x\\\\x07"$/],
    ['a line without an end', 'x'.repeat(100_000), /Header line too long$/],
    ['lines without an end', 'x\r\n'.repeat(30_000), /Max greeting lines exceeded$/],
  ] as const)
    it(`is told from sshd, and not asked again: ${what}`, async () => {
      server = await startSshServer();
      let connections = 0;
      const host = await inFrontOf((socket) => {
        connections += 1;
        socket.end(said);
      });
      const error = await refused(host);
      assert.equal(error.code, 'protocol');
      assert.match(error.message, words);
      assert.equal(connections, 1);
    });

  it('has no more than its time, however slowly it speaks', async () => {
    server = await startSshServer();
    const host = await inFrontOf((socket) => {
      const timer = setInterval(() => socket.write('SSH-'), 20);
      socket.once('close', () => clearInterval(timer));
    });
    const begun = performance.now();
    await refused(host);
    assert.ok(performance.now() - begun < inTime(LIMIT_MS + 500));
  });

  it('does not take the time of hosts that wait to be shown the same password', async () => {
    const password = (judge: (context: AuthContext) => void) => (context: AuthContext) =>
      context.method === 'password' ? judge(context) : context.reject(['password']);
    server = await startSshServer({ login: password(() => undefined) });
    const good = await startSshServer({ login: password((context) => context.accept()) });
    const transport = createSshTransport();
    const secrets = { loginPassword: new Secret('right') };
    const slow = refused({ ...server.host, name: 'slow' }, transport, secrets);
    const others = await Promise.all(
      ['a', 'b', 'c'].map((name) => connect({ ...good.host, name }, transport, secrets)),
    );
    assert.match((await slow).message, /did not finish the login within 1\.5 s$/);
    assert.deepEqual(
      others.map(({ ok }) => ok),
      [true, true, true],
    );
    for (const connection of others) if (connection.ok) await connection.value.close();
    await good.stop();
  });

  it('can make no message that nobody reads', async () => {
    const prompt = `${'x'.repeat(20_000)}: `;
    server = await startSshServer({
      login: (context) =>
        context.method === 'keyboard-interactive'
          ? context.prompt([{ prompt, echo: false }], () => undefined)
          : context.reject(['keyboard-interactive', 'y'.repeat(10_000) as 'password']),
    });
    assert.ok(
      (await refused(server.host, createSshTransport(), { loginPassword: new Secret('x') })).message.length < 500,
    );
    assert.ok((await refused(server.host)).message.length < 500);
  });

  it('loses the connection when it shows another key later on', async () => {
    const key = newKey();
    server = await startSshServer({ hostKey: key });
    const parsed = ssh2.utils.parseKey(newKey().private);
    // The server of ssh2 has no way to change its key: it is put where it keeps its own.
    const swapping = new ssh2.Server({ hostKeys: [key.private] }, (client: Connection) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => context.accept());
      client.on('session', (accept) =>
        accept().on('exec', (run) => {
          run().on('error', () => undefined);
          const { _protocol: protocol } = client as unknown as { readonly _protocol: object };
          Object.assign(protocol, { ['_hostKeys']: { 'ssh-ed25519': parsed } });
          client.rekey();
        }),
      );
    });
    const host = await inFrontOf((socket) => swapping.injectSocket(socket));
    const error = await refused(host);
    assert.equal(error.code, 'connection-lost');
  });

  it('is answered in words wherever the connection is cut, reset, held or changed', async () => {
    server = await startSshServer();
    const random = new Random(4);
    const harmed = async (harm: Harm, at: number): Promise<void> => {
      const host = await inFrontOf((socket) => {
        const up = connectTcp(server.host.port, '127.0.0.1');
        sockets.add(up.on('error', () => undefined));
        socket.pipe(up);
        socket.once('close', () => up.destroy());
        harmAfter(up, socket, at, harm);
      });
      const connection = await connect(host, createSshTransport(), {}, AbortSignal.timeout(2 * LIMIT_MS));
      const what = `${harm} after ${at} bytes: ${connection.ok ? 'ok' : connection.error.message}`;
      if (connection.ok) {
        await connection.value.close();
        return;
      }
      assert.ok(TYPED.has(connection.error.code), what);
      if (harm === 'cut' || harm === 'reset') assert.notEqual(connection.error.code, 'shell-unusable', what);
    };
    await Promise.all(
      Array.from({ length: 40 }, (_, round) => harmed(random.pick(HARMS), round * 65 + random.below(65))),
    );
  });

  it('holds up nobody who has given up, whoever is before him', async () => {
    server = await startSshServer();
    const silent = await inFrontOf(() => undefined);
    const transport = createSshTransport({ handshakes: 1 });
    const jump = { kind: 'jumps', hops: [{ ...silent.ssh, name: 'gate' }] } as const;
    const behind = { ...server.host, ssh: { ...server.host.ssh, route: jump } };
    for (const host of [silent, behind]) {
      const before = refused(host, transport);
      const begun = performance.now();
      const given = await refused(host, transport, {}, AbortSignal.timeout(50));
      assert.equal(given.code, 'interrupted');
      assert.ok(performance.now() - begun < inTime(500));
      assert.equal((await before).code, 'connection-timeout');
    }
  });

  it('as a jump host is left, also when it does not let go', async () => {
    server = await startSshServer();
    let isClosed = false;
    const gate = await inFrontOf((socket) => {
      const up = connectTcp({ port: server.host.port, host: '127.0.0.1', allowHalfOpen: true });
      sockets.add(up.on('error', () => undefined));
      up.on('data', (chunk) => void socket.write(chunk));
      socket.on('data', (chunk) => void up.write(chunk));
      // Only to a socket that is gone nothing more can be sent.
      socket.once('end', () => setInterval(() => socket.write('.'), 20).unref());
      socket.once('close', () => (isClosed = true));
    });
    const jump = { kind: 'jumps', hops: [{ ...gate.ssh, name: 'gate' }] } as const;
    const connection = await connect({ ...server.host, ssh: { ...server.host.ssh, route: jump } });
    assert.ok(connection.ok);
    await connection.value.close();
    await waitFor(() => isClosed);
  });

  it('ends nothing but itself when it goes in the middle of a command', async () => {
    server = await startSshServer();
    const connection = await connect(server.host);
    assert.ok(connection.ok);
    const reading = connection.value.read({ script: script('sleep 5'), timeoutMs: 5000 }, NEVER);
    setTimeout(() => server.cut(), 100);
    assert.deepEqual((await reading).end, { how: 'lost' });
    await connection.value.close();
  });
});

/** Until it is so, or the test is over. */
async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

const TYPED = new Set([
  'connection-lost',
  'connection-timeout',
  'protocol',
  'host-key-changed',
  'interrupted',
  'shell-unusable',
]);
const HARMS = ['cut', 'reset', 'hold', 'change'] as const;
type Harm = (typeof HARMS)[number];

/** Passes so many bytes on, and then does harm. */
function harmAfter(from: Socket, to: Socket, at: number, harm: Harm): void {
  let passed = 0;
  from.on('data', (chunk: Buffer) => {
    const before = passed;
    passed += chunk.length;
    if (passed <= at) return void to.write(chunk);
    if (before > at) return void (harm === 'change' && to.write(chunk));
    const head = chunk.subarray(0, at - before);
    switch (harm) {
      case 'cut':
        return void to.end(head);
      case 'reset':
        to.write(head);
        return void to.resetAndDestroy();
      case 'hold':
        return void to.write(head);
      case 'change': {
        const changed = Buffer.from(chunk);
        changed[at - before] = (chunk[at - before] ?? 0) ^ 0x41;
        return void to.write(changed);
      }
    }
  });
}
