import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import {
  createConnection,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Interpretation, ProbeContext } from '../../src/model/action.ts';
import type { CommandResult, Script } from '../../src/model/script.ts';
import type { ErrorCode } from '../../src/model/error.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { action } from '../../src/actions/http.ts';
import { err, ok } from '../../src/util/result.ts';
import { skip } from '../support/skip.ts';
import { contextOf } from './support/context.ts';
import { runScript } from './support/run-script.ts';
import { busyBoxOnly, shells } from './support/shells.ts';

const closers: (() => void)[] = [];
const [shell] = shells();

describe('the action http', () => {
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  it('gives code, headers in lower case, body and duration', async () => {
    const port = await serve((request, response) => {
      response.setHeader('X-Two', ['a', 'b']);
      response.statusCode = 503;
      response.end(`${request.method} ${request.url} ${request.headers.host}`);
    });
    const output = outputOf(await probe({ url: `http://127.0.0.1:${port}/a?b=c` }));
    assert.equal(output['code'], 503);
    assert.equal(output['error'], '');
    assert.equal(output['body'], `GET /a?b=c 127.0.0.1:${port}`);
    assert.equal((output['headers'] as JsonObject)['x-two'], 'a, b');
    assert.match(String(output['duration']), /^(0s|\d+m?s)/);
  });

  it('sends everything through the connection to the host and nothing from here', async () => {
    const port = await serve((request, response) => response.end(request.headers.host));
    const output = outputOf(await probe({ url: 'http://only-there.test:81/' }, { dial: connectTo(port) }));
    assert.equal(output['body'], 'only-there.test:81');
  });

  it('sends method, headers and body, and posts a body by default', async () => {
    const port = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => response.end(`${request.method} ${String(request.headers['x-key'])} ${body}`));
    });
    const url = `http://127.0.0.1:${port}/`;
    const posted = outputOf(await probe({ url, headers: { 'X-Key': 'v' }, body: '@"\\\nü' }));
    assert.equal(posted['body'], 'POST v @"\\\nü');
    assert.equal(outputOf(await probe({ url, method: 'HEAD' }))['body'], '');
  });

  it('says that nobody listens, with code 0 and status ok', async () => {
    const output = outputOf(await probe({ url: 'http://127.0.0.1:1/' }));
    assert.deepEqual([output['code'], output['body']], [0, '']);
    assert.match(String(output['error']), /refused/);
  });

  it('keeps the first 64 KiB of a body without end', async () => {
    const port = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_535) + 'é'));
        response.once('drain', more);
      };
      more();
    });
    const output = outputOf(await probe({ url: `http://127.0.0.1:${port}/` }));
    assert.equal(output['body'], 'x'.repeat(65_535));
    assert.equal(output['error'], '');
  });

  it('ends at its timeout, in whatever state the server stopped', async () => {
    for (const said of ['', 'HTTP/1.1 200', 'HTTP/1.1 200 OK\r\nX: y\r\n']) {
      const port = await serveRaw((socket) => socket.write(said));
      const started = performance.now();
      const output = outputOf(await probe({ url: `http://127.0.0.1:${port}/`, timeout: '200ms' }));
      assert.deepEqual([output['code'], output['error']], [0, 'no answer within 200ms']);
      assert.ok(performance.now() - started < 2000);
    }
    const port = await serveRaw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'));
    const output = outputOf(await probe({ url: `http://127.0.0.1:${port}/`, timeout: '200ms' }));
    assert.deepEqual([output['code'], output['body']], [200, 'half']);
    assert.match(String(output['error']), /not complete: no answer within 200ms/);
  });

  it('says what is wrong with an answer that is none', async () => {
    const answers: [string, RegExp][] = [
      ['SSH-2.0-OpenSSH_9.2\r\n', /not HTTP/],
      [`HTTP/1.1 200 OK\r\n${'X: yyyyyyyyyyyyyyyy\r\n'.repeat(5000)}\r\n`, /over 64 KiB/],
    ];
    for (const [said, error] of answers) {
      const port = await serveRaw((socket) => socket.end(said));
      const output = outputOf(await probe({ url: `http://127.0.0.1:${port}/` }));
      assert.equal(output['code'], 0);
      assert.match(String(output['error']), error);
    }
    const port = await serveRaw((socket) => socket.destroy());
    assert.equal(
      outputOf(await probe({ url: `http://127.0.0.1:${port}/` }))['error'],
      'the connection was closed before the answer',
    );
  });

  it('follows redirects only when asked, on the same host, and without credentials to another port', async () => {
    const last = await serve((request, response) => response.end(String(request.headers.authorization)));
    const port = await serve((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: 'http://192.0.2.1/' });
      else if (request.url === '/loop') response.writeHead(302, { location: '/loop' });
      else if (request.url === '/') response.writeHead(301, { location: '/second' });
      else response.writeHead(307, { location: `http://127.0.0.1:${last}/` });
      response.end();
    });
    const url = `http://u:p@127.0.0.1:${port}`;
    assert.equal(outputOf(await probe({ url }))['code'], 301);
    assert.equal(outputOf(await probe({ url, follow: true }))['body'], 'undefined');
    assert.equal(outputOf(await probe({ url: `${url}/away`, follow: true }))['code'], 302);
    assert.match(String(outputOf(await probe({ url: `${url}/loop`, follow: true }))['error']), /more than 5 redirects/);
  });

  it('takes IPv6 addresses', async function () {
    const port = await serve((_, response) => response.end('six'), '::1').catch(() => undefined);
    if (port === undefined) skip(this, 'no IPv6 on this machine');
    assert.equal(outputOf(await probe({ url: `http://[::1]:${port}/` }))['body'], 'six');
  });

  it('refuses what is not a URL or a header, before anything is sent', async () => {
    for (const params of [{ url: 'ftp://x/' }, { url: 'http://' }, { url: 'http://x/', headers: { 'a b': 'c' } }]) {
      const result = await probe(params, { dial: () => assert.fail('it was sent') });
      assert.equal(result.status === 'failed' && result.reason, 'cannot-start');
    }
  });

  it('fails as lost when the connection to the host broke, and as cancelled when it was cancelled', async () => {
    const lost = await probe({ url: 'http://127.0.0.1/' }, { dial: refusing('connection-lost') });
    assert.equal(lost.status === 'failed' && lost.reason, 'lost');
    const signal = AbortSignal.timeout(50);
    const cancelled = await probe({ url: 'http://127.0.0.1/' }, { signal, dial: () => new Promise(() => undefined) });
    assert.equal(cancelled.status === 'failed' && cancelled.reason, 'cancelled');
  });

  it('closes a stream that comes after the timeout', async () => {
    const port = await serveRaw(() => undefined);
    let late: Socket | undefined;
    const dial: ProbeContext['dial'] = async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      late = createConnection(port, '127.0.0.1');
      return ok(late);
    };
    assert.equal(outputOf(await probe({ url: 'http://127.0.0.1/', timeout: '50ms' }, { dial }))['code'], 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(late?.destroyed, true);
  });

  describe('over TLS', () => {
    it('checks the certificate only when asked on loopback, and elsewhere by default', async function () {
      const port = await serveTls(this, (_, response) => response.end('secret'));
      const url = `https://127.0.0.1:${port}/`;
      assert.equal(outputOf(await probe({ url }))['body'], 'secret');
      const strict = outputOf(await probe({ url, tls_verify: true }));
      assert.deepEqual([strict['code'], strict['error']], [0, 'self-signed certificate']);
      const elsewhere = { dial: connectTo(port) };
      assert.equal(outputOf(await probe({ url: `https://www.example.test/` }, elsewhere))['code'], 0);
      assert.equal(
        outputOf(await probe({ url: `https://www.example.test/`, tls_verify: false }, elsewhere))['code'],
        200,
      );
    });

    it('says that the other side speaks no TLS', async () => {
      const port = await serve((_, response) => response.end());
      const output = outputOf(await probe({ url: `https://127.0.0.1:${port}/`, timeout: '2s' }));
      assert.equal(output['code'], 0);
      assert.notEqual(output['error'], '');
    });
  });

  for (const tool of ['curl', 'wget', 'busybox'] as const) {
    describe(`where the host forbids forwarding and has ${tool}`, () => {
      let folder: string;
      before(function () {
        folder = mkdtempSync(join(tmpdir(), 'runbook-http-'));
        if (shell === undefined) return skip(this, 'no POSIX shell');
        if (tool === 'busybox') {
          if (!shells().some(({ name }) => name === 'busybox')) skip(this, 'BusyBox cannot be fetched');
          busyBoxOnly(folder);
        } else {
          for (const program of [tool, 'head', 'grep']) {
            try {
              execFileSync('sh', ['-euc', 'ln -s "$(command -v "$1")" "$2/"', 'sh', program, folder]);
            } catch {
              skip(this, `no ${program} on this machine`);
            }
          }
        }
      });
      after(() => rmSync(folder, { recursive: true, force: true }));

      const onHost = (): Partial<ProbeContext> => ({ dial: refusing('channel-refused'), read: reading(folder) });

      it('gives the same answer', async () => {
        const port = await serve((request, response) => {
          response.statusCode = request.url === '/bad' ? 404 : 200;
          response.end('hello');
        });
        const url = `http://127.0.0.1:${port}/`;
        const good = outputOf(await probe({ url }, onHost()));
        assert.deepEqual([good['code'], good['error'], good['body']], [200, '', 'hello']);
        assert.equal(outputOf(await probe({ url: `${url}bad` }, onHost()))['code'], 404);
      });

      it('leaves redirects alone', async function () {
        if (tool === 'busybox') return skip(this, 'the wget of BusyBox follows redirects');
        const port = await serve((_, response) => response.writeHead(302, { location: '/next' }).end());
        const output = outputOf(await probe({ url: `http://127.0.0.1:${port}/` }, onHost()));
        assert.deepEqual([output['code'], (output['headers'] as JsonObject)['location']], [302, '/next']);
      });

      it('says that nobody listens', async () => {
        const output = outputOf(await probe({ url: 'http://127.0.0.1:1/' }, onHost()));
        assert.equal(output['code'], 0);
        assert.notEqual(output['error'], '');
      });

      it(
        tool === 'curl' ? 'sends headers and body' : 'fails for a request that would show in the list of processes',
        async () => {
          const port = await serve((request, response) => {
            let body = '';
            request.on('data', (chunk: Buffer) => (body += chunk.toString()));
            request.on('end', () => response.end(`${request.method} ${String(request.headers['x-key'])} ${body}`));
          });
          const params = { url: `http://127.0.0.1:${port}/`, headers: { 'X-Key': '"q\\' }, body: '@"\\\nü\t$HOME' };
          const result = await probe(params, onHost());
          if (tool === 'curl') assert.equal(outputOf(result)['body'], 'POST "q\\ @"\\\nü\t$HOME');
          else assert.equal(result.status === 'failed' && result.reason, 'cannot-check');
        },
      );

      it('keeps the first 64 KiB', async () => {
        const port = await serve((_, response) => response.end('x'.repeat(1_000_000)));
        const output = outputOf(await probe({ url: `http://127.0.0.1:${port}/` }, onHost()));
        assert.deepEqual([output['code'], output['error'], output['body']], [200, '', 'x'.repeat(65_536)]);
      });
    });
  }

  it('fails where the host forbids forwarding and has nothing', async function () {
    if (shell === undefined) return skip(this, 'no POSIX shell');
    const empty = mkdtempSync(join(tmpdir(), 'runbook-http-'));
    closers.push(() => rmSync(empty, { recursive: true }));
    const result = await probe(
      { url: 'http://127.0.0.1/' },
      { dial: refusing('channel-refused'), read: reading(empty) },
    );
    assert.equal(result.status === 'failed' && result.reason, 'cannot-check');
  });
});

function probe(params: JsonObject, changes: Partial<ProbeContext> = {}): Promise<Interpretation<JsonObject>> {
  assert.equal(action.work.kind, 'probe');
  const context: ProbeContext = {
    ...contextOf(),
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    dial: connectTo(),
    read: () => assert.fail('nothing is run on the host'),
    ...changes,
  };
  return action.work.kind === 'probe' ? action.work.probe(params as never, context) : assert.fail();
}

function outputOf(result: Interpretation<JsonObject>): JsonObject {
  return result.status === 'failed' ? assert.fail(result.error) : result.output;
}

/** As a transport does it: connected, or one of the stable codes. */
function connectTo(always?: number): ProbeContext['dial'] {
  return (address, port) =>
    new Promise((resolve) => {
      const socket = createConnection(always ?? port, always === undefined ? address : '127.0.0.1');
      closers.push(() => socket.destroy());
      socket.once('connect', () => resolve(ok(socket)));
      socket.once('error', () => resolve(err({ code: 'connection-refused', message: 'connection refused' })));
    });
}

function refusing(code: ErrorCode): ProbeContext['dial'] {
  return () => Promise.resolve(err({ code, message: `${code} in a test` }));
}

function reading(path: string): (script: Script) => Promise<CommandResult> {
  return async (script) => {
    const { code, ...rest } = await runScript(script, shell ?? assert.fail(), path);
    return { end: { how: 'exit', code }, ...rest };
  };
}

async function serve(listener: RequestListener, address = '127.0.0.1'): Promise<number> {
  return listen(createHttpServer(listener), address);
}

function serveRaw(accept: (socket: Socket) => void): Promise<number> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    closers.push(() => socket.destroy());
    accept(socket);
  });
  return listen(server, '127.0.0.1');
}

async function serveTls(context: Mocha.Context, listener: RequestListener): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-tls-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=web'];
    execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return await listen(createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) }, listener), '127.0.0.1');
  } catch {
    return skip(context, 'no openssl that can make a certificate');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function listen(server: Server, address: string): Promise<number> {
  closers.push(() => server.close());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, () => resolve((server.address() as AddressInfo).port));
  });
}
