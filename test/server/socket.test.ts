import assert from 'node:assert/strict';
import { chmodSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { openStatusServer, usualListen, type Listen, type StatusServer } from '../../src/server/socket.ts';
import { WELL } from './status-for-tests.ts';

describe('The socket of serve', () => {
  let folder = '';
  let path = '';
  const servers: StatusServer[] = [];
  const sockets: Socket[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'serve-'));
    path = join(folder, 'serve.sock');
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (listen: Listen = { socket: path }) => openStatusServer(listen, () => WELL);
  const opened = async (listen?: Listen): Promise<StatusServer> => {
    const server = await open(listen);
    if (!server.ok) return assert.fail(server.error.message);
    servers.push(server.value);
    return server.value;
  };
  const whyNot = async (listen?: Listen): Promise<string> => {
    const server = await open(listen);
    if (!server.ok) return `${server.error.code}: ${server.error.message}`;
    servers.push(server.value);
    return assert.fail('it listens');
  };
  const connected = async (): Promise<Socket> => {
    const socket = connect(path);
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  /** As a process that was killed leaves one. */
  const leaveStale = async (): Promise<void> => {
    const server = createServer().listen(join(folder, 'old'));
    await once(server, 'listening');
    linkSync(join(folder, 'old'), path);
    server.close();
    await once(server, 'close');
  };

  it('answers, is open to its user alone, and is gone afterwards', async () => {
    const server = await opened();
    assert.equal(server.shown, path);
    assert.equal(lstatSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['serve.sock']);
    const { code, body, headers } = await get('/readyz', { socketPath: path });
    assert.deepEqual([code, body, headers['connection'], headers['cache-control']], [200, 'ok\n', 'close', 'no-store']);
    assert.equal((await get('/metrics', { socketPath: path, method: 'HEAD' })).body, '');
    await server.close();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('makes its folder, closed to others', async () => {
    path = join(folder, 'runbook', 'serve.sock');
    await opened();
    assert.equal(lstatSync(join(folder, 'runbook')).mode & 0o777, 0o700);
  });

  it('is refused while another one is there, which goes on', async () => {
    await opened();
    assert.match(await whyNot(), /^refused: another serve runs, or another program: it listens on /);
    assert.equal((await get('/livez', { socketPath: path })).code, 200);
    assert.deepEqual(readdirSync(folder), ['serve.sock']);
  });

  it('takes the place of one that a process left that is gone', async () => {
    await leaveStale();
    await opened();
    assert.equal((await get('/livez', { socketPath: path })).code, 200);
    assert.deepEqual(readdirSync(folder), ['serve.sock']);
  });

  it('belongs to exactly one of many that begin at once, over one that was left', async () => {
    for (let round = 0; round < 5; round += 1) {
      await leaveStale();
      const all = await Promise.all(Array.from({ length: 8 }, () => open()));
      const won = all.flatMap((each) => (each.ok ? [each.value] : []));
      assert.equal(won.length, 1);
      assert.equal((await get('/livez', { socketPath: path })).code, 200);
      for (const server of won) await server.close();
      assert.deepEqual(readdirSync(folder), []);
    }
  });

  it('leaves the one alone that was put in its place', async () => {
    const server = await opened();
    rmSync(path);
    await opened();
    await server.close();
    assert.equal((await get('/livez', { socketPath: path })).code, 200);
  });

  it('is not made over a file, in a folder of others, or where it has no room for its name', async () => {
    writeFileSync(path, 'mine');
    assert.match(await whyNot(), /^configuration: nobody can listen on .*: it is there and is no socket: move it away/);
    assert.deepEqual(readdirSync(folder), ['serve.sock']);
    path = join(folder, 'open', 'serve.sock');
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), 0o777);
    assert.match(await whyNot(), /others can write its folder/);
    path = join(folder, 'not', 'there', 'serve.sock');
    assert.match(await whyNot(), /there is no folder \S+\/not: make it first/);
    path = join(folder, 'serve.sock', 'serve.sock');
    assert.match(await whyNot(), /serve.sock is no folder/);
    path = join(folder, 'x'.repeat(120));
    assert.match(await whyNot(), /longer than 107 bytes/);
  });

  it('answers while a thousand others say nothing, and those do not hold its end up', async () => {
    const server = await opened();
    // Not at once: the kernel lets only some hundreds wait to be accepted.
    for (let index = 0; index < 1000; index += 1) await connected();
    const slow = await connected();
    slow.write('GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    assert.equal((await get('/livez', { socketPath: path })).code, 200);
    const ends = once(slow, 'close');
    await server.close();
    await ends;
  });

  it('turns away requests that are too long', async () => {
    await opened();
    const { code } = await get('/livez', { socketPath: path, headers: { 'x-long': 'x'.repeat(20_000) } });
    assert.equal(code, 431);
  });

  it('may be a port of this machine, and asks by what name it was found', async () => {
    const { shown } = await opened({ address: '127.0.0.1', port: 0 });
    const port = Number(/^http:\/\/127\.0\.0\.1:(\d+)$/.exec(shown)?.[1]);
    assert.equal((await get('/livez', { host: '127.0.0.1', port })).code, 200);
    const rebound = await get('/metrics', { host: '127.0.0.1', port, headers: { host: 'evil.example' } });
    assert.equal(rebound.code, 403);
    assert.match(await whyNot({ address: '127.0.0.1', port }), /^refused: another serve runs, or another program/);
  });

  it('is where root or the user of a session expects it', () => {
    const environment = { XDG_RUNTIME_DIR: '/run/user/7' };
    assert.deepEqual(usualListen({ environment }, 7), { socket: '/run/user/7/runbook/serve.sock' });
    assert.deepEqual(usualListen({ environment }, 0), { socket: '/run/runbook/serve.sock' });
    assert.deepEqual(usualListen({ environment: {} }, 7), { socket: '/run/runbook/serve.sock' });
  });
});

interface Got {
  readonly code: number | undefined;
  readonly body: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

function get(target: string, options: RequestOptions): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request({ path: target, agent: false, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.once('end', () => {
        resolve({ code: response.statusCode, body, headers: response.headers });
      });
    });
    asked.once('error', reject).end();
  });
}
