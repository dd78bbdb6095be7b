import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, connect as connectTcp, type AddressInfo, type Server } from 'node:net';
import { Writable } from 'node:stream';
import ssh2, { type Connection as ServerClient, type ServerChannel } from 'ssh2';
import type { Connection } from '../../src/model/transport.ts';
import type { SshHost } from '../../src/model/host.ts';
import { createSshTransport } from '../../src/transports/ssh.ts';
import { NEVER, script } from '../conformance/transport.ts';
import { inTime } from '../support/in-time.ts';
import { newKey, startSshServer, type SshServer, type SshServerOptions } from './ssh-server.ts';

const LIMIT_MS = 3000;

describe('a host that means no good behind an SSH server', function () {
  this.timeout(60_000);
  let server: SshServer;
  const relays: Server[] = [];
  const open: Connection[] = [];
  afterEach(async () => {
    for (const connection of open.splice(0)) await connection.close();
    for (const relay of relays.splice(0)) relay.close();
    await server.stop();
  });

  const connect = async (host: SshHost, connectTimeoutMs = LIMIT_MS) => {
    const options = { become: false, connectTimeoutMs, secrets: {} };
    const connection = await createSshTransport().connect(host, options, NEVER);
    if (connection.ok) open.push(connection.value);
    return connection;
  };
  const refused = async (host: SshHost, connectTimeoutMs?: number) => {
    const connection = await connect(host, connectTimeoutMs);
    assert.ok(!connection.ok);
    return connection.error;
  };
  const connected = async (options: SshServerOptions): Promise<Connection> => {
    server = await startSshServer(options);
    const connection = await connect(server.host);
    assert.ok(connection.ok, connection.ok ? '' : connection.error.message);
    return connection.value;
  };
  /** Serves each client by itself, with the host key of `server`, at another port. */
  const servedBy = async (serve: (client: ServerClient) => void, key = newKey()): Promise<SshHost> => {
    server = await startSshServer({ hostKey: key });
    const other = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => context.accept());
      serve(client);
    });
    const relay = createServer((socket) => void other.injectSocket(socket));
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', () => resolve()));
    relays.push(relay);
    const { port } = relay.address() as AddressInfo;
    const hostKeys = { ...server.host.ssh.hostKeys, alias: `[127.0.0.1]:${server.host.port}` };
    return { ...server.host, port, ssh: { ...server.host.ssh, port, hostKeys } };
  };

  for (const reason of [1, 2, 3, 4])
    it(`is told in words when it refuses every channel, for reason ${reason}`, async () => {
      const host = await servedBy((client) => {
        // The server of ssh2 lets nobody choose the reason.
        const { _protocol: protocol } = client as unknown as { readonly _protocol: Refuses };
        const refuse = protocol.channelOpenFail.bind(protocol);
        protocol.channelOpenFail = (id) => refuse(id, reason, 'x'.repeat(20_000));
        client.on('session', (_accept, reject) => reject());
      });
      const { code, message } = await refused(host, 20_000);
      assert.equal(code, 'channel-refused', message);
      assert.ok(message.length < 1000, `${message.length} characters`);
    });

  it('is told in words when it starts nothing', async () => {
    const host = await servedBy((client) =>
      client.on('session', (accept) => accept().on('exec', (_accept, reject) => reject())),
    );
    assert.ok(['channel-refused', 'shell-unusable', 'connection-lost'].includes((await refused(host)).code));
  });

  for (const [what, end] of [
    ['without a status', (channel) => void channel.close()],
    ['by a signal', (channel) => void (channel.exit('KILL', true, 'x'.repeat(100_000)), channel.end())],
    ['with a status and nothing else', (channel) => void (channel.exit(0), channel.end())],
  ] as const satisfies readonly (readonly [string, (channel: ServerChannel) => void])[])
    it(`is told in words when its shell ends at once, ${what}`, async () => {
      server = await startSshServer({ onExec: (channel) => (end(channel), true) });
      const { code, message } = await refused(server.host);
      assert.ok(code === 'shell-unusable' || code === 'connection-lost', message);
      assert.ok(message.length < 1000);
    });

  it('may send data after the end of a channel', async () => {
    const host = await servedBy((client) =>
      client.on('session', (accept) =>
        accept().on('exec', (run) => {
          const channel = run() as ServerChannel & { readonly outgoing: { readonly id: number } };
          channel.on('error', () => undefined);
          const { _protocol: protocol } = client as unknown as {
            readonly _protocol: { channelData(id: number, data: Buffer): void };
          };
          channel.close();
          for (let count = 0; count < 3; count += 1) protocol.channelData(channel.outgoing.id, Buffer.from('@late'));
        }),
      ),
    );
    assert.ok(['shell-unusable', 'connection-lost', 'protocol'].includes((await refused(host)).code));
  });

  it('may answer in packets of one byte', async () => {
    const connection = await connected({
      onExec: filtered((bytes) => Array.from(bytes, (byte) => Buffer.from([byte]))),
    });
    const { end, stdout } = await connection.read({ script: script('seq 200'), timeoutMs: 20_000 }, NEVER);
    assert.deepEqual([end, stdout.bytes], [{ how: 'exit', code: 0 }, 692]);
  });

  for (const [what, from, to] of [
    ['a user that no host can have', /=uid \d+/, '=uid 99999999999999999999'],
    ['no user at all', /=uid \d+/, '=uid root'],
    ['a process that is none', /=shell \d+/, '=shell 1e9'],
  ] as const)
    it(`is refused when it says that it has ${what}`, async () => {
      server = await startSshServer({ onExec: filtered(replacing(from, to)) });
      assert.equal((await refused(server.host)).code, 'shell-unusable');
    });

  it('is believed nothing that no host can be', async () => {
    const lies = `=machine-id ${'x'.repeat(1_000_000)}\n/proc/meminfo:MemTotal: ${'9'.repeat(500)} kB\n=date 1e300\n=boot_id \u001b[2J`;
    const connection = await connected({ onExec: filtered(replacing(/=machine-id [0-9a-f]*/, lies)) });
    const { facts } = connection;
    assert.equal(facts.machine_id.length, 200);
    assert.ok(Number.isSafeInteger(facts.memory_bytes), String(facts.memory_bytes));
    assert.ok(JSON.stringify(facts).length < 2000);
  });

  it('can keep a read waiting no longer than its caller waits, when it reads nothing more', async () => {
    let deaf = false;
    const connection = await connected({
      onExec: filtered(
        (bytes) => [bytes],
        () => deaf,
      ),
    });
    deaf = true;
    const begun = performance.now();
    const { end } = await connection.read({ script: script(':'), timeoutMs: 60_000 }, AbortSignal.timeout(200));
    assert.deepEqual(end, { ...end, how: 'cancelled', gone: false });
    assert.ok(performance.now() - begun < inTime(15_000));
  });

  it('that never ends the line of a status is lost, and grows no memory', async () => {
    let isOver = false;
    const endless = (bytes: Buffer): readonly Buffer[] => {
      const at = isOver ? bytes.indexOf(':end:') : -1;
      return at < 0
        ? [bytes]
        : [bytes.subarray(0, at + 5), ...Array.from({ length: 40 }, () => Buffer.alloc(1e6, '0'))];
    };
    const connection = await connected({ onExec: filtered(endless) });
    isOver = true;
    const before = process.memoryUsage().rss;
    const { end } = await connection.read({ script: script('echo x'), timeoutMs: 5000 }, AbortSignal.timeout(8000));
    assert.notEqual(end.how, 'exit');
    assert.ok(process.memoryUsage().rss - before < 150e6);
  });

  it('is another host when it shows another key at the next connection', async () => {
    const second = await startSshServer({ hostKey: newKey() });
    server = await startSshServer();
    let connections = 0;
    const relay = createServer((socket) => {
      connections += 1;
      const up = connectTcp((connections === 1 ? server : second).host.port, '127.0.0.1');
      for (const one of [socket, up]) one.on('error', () => undefined);
      socket.pipe(up).pipe(socket);
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', () => resolve()));
    relays.push(relay);
    const { port } = relay.address() as AddressInfo;
    const hostKeys = { ...server.host.ssh.hostKeys, alias: `[127.0.0.1]:${server.host.port}` };
    const host = { ...server.host, port, ssh: { ...server.host.ssh, port, hostKeys } };
    assert.equal((await connect(host)).ok, true);
    assert.equal((await refused(host)).code, 'host-key-changed');
    await second.stop();
  });
});

interface Refuses {
  channelOpenFail: (id: number, reason: number, description: string) => void;
}

const replacing =
  (from: RegExp, to: string) =>
  (bytes: Buffer): readonly Buffer[] => [Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1')];

/** This machine's shell, with what it says on stdout changed on the way, and nothing told to it while it is deaf. */
function filtered(change: (bytes: Buffer) => readonly Buffer[], isDeaf: () => boolean = () => false) {
  return (channel: ServerChannel): boolean => {
    const child = spawn('/bin/sh', [], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
    const deafened = new Writable({
      write: (chunk: Buffer, _encoding, done) => void (isDeaf() ? undefined : child.stdin.write(chunk, () => done())),
    });
    channel.pipe(deafened);
    child.stdout.on('data', (bytes: Buffer) => {
      for (const piece of change(bytes)) channel.write(piece);
    });
    child.stderr.on('data', (bytes: Buffer) => channel.stderr.write(bytes));
    const end = (): void => {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      child.kill('SIGKILL');
    };
    channel.once('close', end);
    child.once('close', () => channel.end());
    return true;
  };
}
