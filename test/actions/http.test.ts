import assert from 'node:assert/strict';
import { createConnection, type Socket } from 'node:net';
import { action } from '../../src/actions/http.ts';
import type { ProbeContext } from '../../src/model/action.ts';
import type { JsonObject } from '../../src/util/json.ts';
import { ok } from '../../src/util/result.ts';
import { skip } from '../support/skip.ts';
import { inTime } from '../support/in-time.ts';
import {
  closeAll,
  connectTo,
  outputOf,
  probe,
  refusing,
  serve,
  serveRaw,
  serveTls,
  textOf,
} from './support/http-rig.ts';

describe('the action http', () => {
  afterEach(closeAll);

  it('says in a plan what it asks for, without the login', () => {
    const { work } = action;
    assert.ok(work.kind === 'probe');
    const summaryOf = (params: JsonObject) => work.summary(params as never);
    assert.equal(summaryOf({ url: 'https://me:hunter2@web01/a?b=c@d' }), 'GET https://web01/a?b=c@d');
    assert.equal(summaryOf({ url: 'http://web01/@', body: 'x' }), 'POST http://web01/@');
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
    assert.match(textOf(output, 'duration'), /^(0s|\d+m?s)/);
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
    assert.match(textOf(output, 'error'), /refused/);
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
      assert.ok(performance.now() - started < inTime(2000));
    }
    const port = await serveRaw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'));
    const output = outputOf(await probe({ url: `http://127.0.0.1:${port}/`, timeout: '200ms' }));
    assert.deepEqual([output['code'], output['body']], [200, 'half']);
    assert.match(textOf(output, 'error'), /not complete: no answer within 200ms/);
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
      assert.match(textOf(output, 'error'), error);
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
    assert.match(textOf(outputOf(await probe({ url: `${url}/loop`, follow: true })), 'error'), /more than 5 redirects/);
  });

  it('takes IPv6 addresses', async function () {
    const port = await serve((_, response) => response.end('six'), '::1').catch(() => undefined);
    if (port === undefined) skip(this, 'no IPv6 on this machine');
    assert.equal(outputOf(await probe({ url: `http://[::1]:${port}/` }))['body'], 'six');
  });

  it('refuses what is not a URL or a header, before anything is sent', async () => {
    const header = { url: 'http://x/', headers: { 'a b': 'c' } };
    for (const params of [{ url: 'ftp://x/' }, { url: 'http://' }, { url: 'http://u:100%@x/' }, header]) {
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
});
